/** What the standard environment variables of OpenTelemetry say about traces. */

type Environment = Readonly<Record<string, string | undefined>>

export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const
export type SamplerName = (typeof SAMPLERS)[number]

export interface TraceSettings {
  readonly sampler: SamplerName
  /** The part of all traces that is kept, for the samplers of a ratio. */
  readonly ratio: number
  /** Of the queue of ended spans; what is absent is the library's own default. */
  readonly batch: {
    readonly scheduledDelayMillis?: number
    readonly exportTimeoutMillis?: number
    readonly maxQueueSize?: number
    readonly maxExportBatchSize?: number
  }
}

/** Whether traces are wanted, and what of the variables cannot be followed. */
export interface TraceWish {
  /** Null when nobody wants any. */
  readonly settings: TraceSettings | null
  /** Sentences for the log. */
  readonly complaints: readonly string[]
}

/** Any of these switches traces on; the exporter reads the address itself. */
const SWITCHES = [
  'OTEL_TRACES_EXPORTER',
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
] as const

/** Spoken by the exporter that daxd has. */
const PROTOCOL = 'http/protobuf'
const RATIO_DEFAULT = 1

const NOT_WANTED: TraceWish = { settings: null, complaints: [] }

/**
 * Reads the variables. As the specification asks, a value that cannot be followed is told and
 * otherwise treated as if it were not set; but where it means another exporter than ours, nothing
 * is exported at all: spans must not go where nobody wanted them.
 */
export function readTraceSettings(environment: Environment): TraceWish {
  const value = (name: string): string => environment[name]?.trim() ?? ''
  if (value('OTEL_SDK_DISABLED').toLowerCase() === 'true') return NOT_WANTED
  if (SWITCHES.every((name) => value(name) === '')) return NOT_WANTED
  const exporter = value('OTEL_TRACES_EXPORTER') || 'otlp'
  if (exporter === 'none') return NOT_WANTED
  if (exporter !== 'otlp') {
    return refused(`OTEL_TRACES_EXPORTER=${exporter}: daxd exports by otlp, or none.`)
  }
  const protocol =
    value('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') || value('OTEL_EXPORTER_OTLP_PROTOCOL') || PROTOCOL
  if (protocol !== PROTOCOL) {
    return refused(`OTEL_EXPORTER_OTLP_PROTOCOL=${protocol}: daxd speaks ${PROTOCOL}.`)
  }
  const complaints: string[] = []
  const settings = {
    sampler: samplerOf(value('OTEL_TRACES_SAMPLER'), complaints),
    ratio: ratioOf(value('OTEL_TRACES_SAMPLER_ARG'), complaints),
    batch: batchOf(value, complaints),
  }
  return { settings, complaints }
}

function refused(complaint: string): TraceWish {
  return { settings: null, complaints: [`${complaint} No traces are exported.`] }
}

function samplerOf(name: string, complaints: string[]): SamplerName {
  const known = SAMPLERS.find((one) => one === name)
  if (known !== undefined) return known
  if (name !== '') complaints.push(`OTEL_TRACES_SAMPLER=${name} is none of ${SAMPLERS.join(', ')}.`)
  return 'parentbased_always_on'
}

function ratioOf(text: string, complaints: string[]): number {
  if (text === '') return RATIO_DEFAULT
  const ratio = Number(text)
  if (ratio >= 0 && ratio <= 1) return ratio
  complaints.push(`OTEL_TRACES_SAMPLER_ARG=${text} is no number from 0 to 1.`)
  return RATIO_DEFAULT
}

function batchOf(value: (name: string) => string, complaints: string[]): TraceSettings['batch'] {
  const names = {
    scheduledDelayMillis: 'OTEL_BSP_SCHEDULE_DELAY',
    exportTimeoutMillis: 'OTEL_BSP_EXPORT_TIMEOUT',
    maxQueueSize: 'OTEL_BSP_MAX_QUEUE_SIZE',
    maxExportBatchSize: 'OTEL_BSP_MAX_EXPORT_BATCH_SIZE',
  } as const
  const batch: Record<string, number> = {}
  for (const [option, name] of Object.entries(names)) {
    const text = value(name)
    if (text === '') continue
    if (/^[1-9]\d{0,8}$/.test(text)) batch[option] = Number(text)
    else complaints.push(`${name}=${text} is no positive number.`)
  }
  return batch
}
