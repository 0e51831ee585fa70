import type { TraceParent } from '../core/trace-parent.ts'

/** What is told of a span; never a secret, nor a name that its caller may not see. */
export type SpanFacts = Readonly<Record<string, string | number | boolean>>

/** A piece of work under way, as it will be shown in a trace. */
export interface Span {
  /** 32 hex digits. */
  readonly traceId: string
  /** As W3C Trace Context writes it in headers. */
  readonly traceparent: string
  note(facts: SpanFacts): void
  /** It has failed; `why` is an errno or a code, not a sentence. */
  fail(why: string): void
  end(): void
  /** Runs work, and all that follows from it, with this span as the current one. */
  within<T>(work: () => T): T
}

/**
 * Where traces are told. Without one nothing is told, and nothing is done for it: who has no tracer
 * calls none. No call ever waits or fails, whatever becomes of what is told.
 */
export interface Tracer {
  /** Begins the span of a request; `parent` is where its caller's trace stands. */
  request(name: string, facts: SpanFacts, parent: TraceParent | null): Span
  /** Begins a part of the current span; null where there is none, since nobody asked for it. */
  part(name: string, facts: SpanFacts): Span | null
  /** Begins a trace of its own that says which span has caused it, if one has. */
  job(name: string, facts: SpanFacts): Span
}
