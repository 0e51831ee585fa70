/**
 * Shows Prometheus, which speaks no unix sockets, the metrics of a daxd on one, and nothing else of
 * it: `node scripts/relay-metrics.ts --listen 0.0.0.0:9329 --socket /run/daxd/daxd.sock`.
 * While daxd does not answer it answers 503, so that `up` is 0 as if daxd itself had been asked.
 */
import { createServer, request, type ServerResponse } from 'node:http'
import { parseArgs } from 'node:util'

/** Prometheus waits 10 s by default. */
const ANSWER_TIMEOUT_MS = 9000
/** Scrapes at once; more are refused. */
const SCRAPES_MAX = 4
const HEADERS_TIMEOUT_MS = 5000

const { values } = parseArgs({
  options: {
    listen: { type: 'string', default: '127.0.0.1:9329' },
    socket: { type: 'string', default: '/run/daxd/daxd.sock' },
  },
})
const { hostname, port } = new URL(`http://${values.listen}`)
let scrapes = 0

const server = createServer(({ method, url }, response) => {
  if (url !== '/metrics') return refuse(response, 404, 'Only /metrics is relayed.')
  if (method !== 'GET') return refuse(response, 405, 'Only GET is relayed.')
  if (scrapes >= SCRAPES_MAX) {
    return refuse(response, 503, `${SCRAPES_MAX} scrapes are under way already.`)
  }
  scrapes += 1
  response.once('close', () => {
    scrapes -= 1
  })
  relay(response)
})
server.headersTimeout = HEADERS_TIMEOUT_MS
server.requestTimeout = HEADERS_TIMEOUT_MS
server.listen({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) }, () => {
  process.stdout.write(`${JSON.stringify({ msg: 'listening', address: server.address() })}\n`)
})
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    server.close()
    server.closeAllConnections()
  })
}

/** Nothing of the caller goes on to daxd: no header, no path, no body. */
function relay(response: ServerResponse): void {
  const { socket: socketPath } = values
  const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS)
  const asked = request({ socketPath, path: '/metrics', signal }, (answer) => {
    const type = answer.headers['content-type'] ?? 'text/plain'
    response.writeHead(answer.statusCode ?? 502, { 'content-type': type })
    answer.pipe(response)
    answer.once('error', () => response.destroy())
  })
  asked.once('error', ({ message }) => {
    if (response.headersSent) response.destroy()
    else refuse(response, 503, `daxd does not answer: ${message}.`)
  })
  asked.end()
}

function refuse(response: ServerResponse, status: number, why: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(`${why}\n`)
}
