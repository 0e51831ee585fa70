import type { SpanExporter } from '@opentelemetry/sdk-trace'
import type { Log } from '../ports/log.ts'
import type { OnExport } from './tracing.ts'

/** The code of an export that went well, in OpenTelemetry's `ExportResultCode`. */
const SUCCESS = 0
/** A collector that is away is told this often at most. */
const COMPLAINT_INTERVAL_MS = 60_000

/** The same exporter, which tells what became of spans, and the log now and then of failures. */
export function countedExporter(
  exporter: SpanExporter,
  log: Log,
  onExport: OnExport,
): SpanExporter {
  let complainedAt = Number.NEGATIVE_INFINITY
  function complain(err: unknown, spans: number): void {
    const now = performance.now()
    if (now - complainedAt < COMPLAINT_INTERVAL_MS) return
    complainedAt = now
    log.warn({ err, spans }, 'traces could not be sent; they are dropped, requests are not')
  }
  return {
    export(spans, told) {
      exporter.export(spans, (result) => {
        const isSent = result.code === SUCCESS
        onExport(isSent ? 'exported' : 'failed', spans.length)
        if (!isSent) complain(result.error, spans.length)
        told(result)
      })
    },
    shutdown: () => exporter.shutdown(),
    forceFlush: async () => exporter.forceFlush?.(),
  }
}
