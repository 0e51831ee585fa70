/** Where a caller's own trace stands, as W3C Trace Context has it. */
export interface TraceParent {
  /** 32 hex digits. */
  readonly traceId: string
  /** 16 hex digits. */
  readonly spanId: string
  readonly isSampled: boolean
}

const SHAPE = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
/** Far more than any version has had. */
const LENGTH_MAX = 128
const SAMPLED_FLAG = 1

/**
 * What a `traceparent` header says, null for none or for one that is malformed, which is to be
 * taken for none. Source: https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function parseTraceParent(header: string | undefined): TraceParent | null {
  if (header === undefined || header.length > LENGTH_MAX) return null
  const [, version, traceId = '', spanId = '', flags = '', more] = SHAPE.exec(header) ?? []
  if (version === undefined || version === 'ff') return null
  // Only later versions may say more.
  if (version === '00' && more !== undefined) return null
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return null
  return { traceId, spanId, isSampled: Number.parseInt(flags, 16) % 2 === SAMPLED_FLAG }
}
