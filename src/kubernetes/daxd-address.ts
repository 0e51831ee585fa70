/** Where daxd listens: host and port, or a unix socket. */
export type DaxdAddress =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }

const UNIX_PREFIX = 'unix:'

/**
 * Reads `http://HOST:PORT` or `unix:PATH`, as daxd itself says it when it listens.
 * @throws Error with a sentence for the operator; https is for a proxy in front, not for this.
 */
export function parseDaxdAddress(text: string): DaxdAddress {
  if (text.startsWith(UNIX_PREFIX)) {
    const path = text.slice(UNIX_PREFIX.length)
    if (!path.startsWith('/')) throw new Error(`${text}: unix: needs an absolute path after it.`)
    return { kind: 'unix', path }
  }
  const url = URL.canParse(text) ? new URL(text) : null
  if (url?.protocol !== 'http:' || url.pathname !== '/' || url.search !== '') {
    throw new Error(`${text} is neither http://HOST:PORT nor unix:PATH.`)
  }
  const host = url.hostname.replace(/^\[|\]$/g, '')
  return { kind: 'tcp', host, port: url.port === '' ? 80 : Number(url.port) }
}
