import type { RequestListener, Server, ServerOptions } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { SecureContextOptions } from 'node:tls'

/** How long a client may take to shake hands. */
const HANDSHAKE_TIMEOUT_MS = 10_000
/** What is older is broken (RFC 8996). */
const VERSION_MIN = 'TLSv1.2'

/** Certificate and key, and the authorities of client certificates. */
export interface TlsMaterial {
  readonly cert: Buffer
  readonly key: Buffer
  readonly ca?: Buffer
}

/** Where they come from, and whence newer ones will. */
export interface TlsSource {
  material(): TlsMaterial
  onChange(apply: (material: TlsMaterial) => void): void
}

/**
 * A server of HTTPS that follows its source: what is new counts for new connections. Clients are
 * asked for a certificate where there are authorities for them; who has none, or a wrong one, is
 * let in as far as authentication, which alone decides.
 */
export function createTlsServer(
  source: TlsSource,
  options: ServerOptions,
  answer: RequestListener,
): Server {
  const secure = (): SecureContextOptions => ({ ...source.material(), minVersion: VERSION_MIN })
  const server = createHttpsServer(
    {
      ...options,
      ...secure(),
      requestCert: source.material().ca !== undefined,
      rejectUnauthorized: false,
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
    },
    answer,
  )
  source.onChange(() => server.setSecureContext(secure()))
  return server
}
