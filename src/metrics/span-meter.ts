import type { Metrics } from '../plugins/metrics-registry.ts'

const OUTCOMES = ['exported', 'failed'] as const

/** Counts what became of the spans that were to be sent; all stays 0 where tracing is off. */
export function createSpanMeter(
  metrics: Metrics,
): (outcome: (typeof OUTCOMES)[number], spans: number) => void {
  const counts = { exported: 0, failed: 0 }
  metrics.counter(
    {
      name: 'daxd_trace_spans_total',
      help: 'Spans that a collector took, and those that it did not.',
      labels: ['outcome'],
    },
    () => OUTCOMES.map((outcome) => ({ value: counts[outcome], labels: { outcome } })),
  )
  return (outcome, spans) => {
    counts[outcome] += spans
  }
}
