/**
 * Asks the daemon that listens at `DAXD_LISTEN` whether it is ready; exits 1 when it is not. The
 * image's HEALTHCHECK: an image of Node alone has no curl.
 */
import { get as getPlain } from 'node:http'
import { get as getSecure } from 'node:https'

const ANSWER_TIMEOUT_MS = 3000
const UNIX = 'unix:'

const listen = process.env['DAXD_LISTEN'] ?? '127.0.0.1:7329'
const place = listen.startsWith(UNIX)
  ? { socketPath: listen.slice(UNIX.length) }
  : { host: new URL(`http://${listen}`).hostname, port: new URL(`http://${listen}`).port || '80' }

// The certificate is for the names that others call it by, not for the way within this container.
const tls = (process.env['DAXD_TLS_CERT'] ?? '') !== ''
const ask = { ...place, path: '/readyz', timeout: ANSWER_TIMEOUT_MS, rejectUnauthorized: false }
const get = tls ? getSecure : getPlain

get(ask, ({ statusCode }) => {
  process.exit(statusCode === 200 ? 0 : 1)
})
  .on('timeout', () => process.exit(1))
  .on('error', () => process.exit(1))
