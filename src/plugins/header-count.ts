import type { IncomingMessage } from 'node:http'

/**
 * How often a request has a header, by its name in lower case. Node keeps the first of two, or
 * joins them, so only what came over the wire tells. Names and values alternate there.
 */
export function headerCount({ rawHeaders }: IncomingMessage, header: string): number {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ''
    if (name.length === header.length && name.toLowerCase() === header) count += 1
  }
  return count
}
