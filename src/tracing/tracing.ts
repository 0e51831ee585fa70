import type { Log } from '../ports/log.ts'
import type { Tracer } from '../ports/trace.ts'

/** Traces that go somewhere. */
export interface Tracing {
  readonly tracer: Tracer
  /** Sends what has ended, within a bound; afterwards nothing is told any more. */
  close(): Promise<void>
}

/** What became of spans that were to be sent. */
export type OnExport = (outcome: 'exported' | 'failed', spans: number) => void

export interface TracingOptions {
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly version: string
  readonly log: Log
  readonly onExport: OnExport
}
