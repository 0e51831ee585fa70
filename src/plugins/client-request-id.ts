import type { IncomingHttpHeaders } from 'node:http'

/** What callers make ids of: UUIDs, ULIDs, hex digits, what proxies put together. */
const SHAPE = /^[\w.:=@-]{1,128}$/

/**
 * The `X-Request-Id` that a caller has given, so that its log and ours can be put side by side;
 * null for none, and for one that could not stand in a log as it is. It stands beside our own id
 * and never in its place: the audit tells calls apart by that, and callers say what they like.
 */
export function clientRequestId({ 'x-request-id': given }: IncomingHttpHeaders): string | null {
  return typeof given === 'string' && SHAPE.test(given) ? given : null
}
