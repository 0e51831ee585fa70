import { readTraceSettings } from './trace-settings.ts'
import type { Tracing, TracingOptions } from './tracing.ts'

/**
 * Opens tracing where the environment wants it, else null: then not even its packages are loaded.
 */
export async function openTracing(options: TracingOptions): Promise<Tracing | null> {
  const { environment, log } = options
  const { settings, complaints } = readTraceSettings(environment)
  for (const reason of complaints) log.warn({ reason }, 'tracing is not as it was asked for')
  if (settings === null) return null
  const { createOtelTracing } = await import('./otel-tracing.ts')
  const { sampler } = settings
  log.info({ sampler }, 'tracing is on')
  return createOtelTracing(options, settings)
}
