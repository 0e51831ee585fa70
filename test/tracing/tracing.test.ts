/** A daxd that is told by the standard variables to trace, and what arrives at a collector. */
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { expect, test, vi } from 'vitest'
import { type RunningDaemon, startDaemon, stateDirectory } from '../crash/support/daemon.ts'
import { type Collector, type ReceivedSpan, startCollector } from './support/collector.ts'

const TEST_TIMEOUT_MS = 60_000
const SOON = { timeout: 30_000, interval: 50 }
/** Has Node tell on stderr which of OpenTelemetry's modules are asked for. */
const TELL_LOADED = `--import=data:text/javascript,${encodeURIComponent(
  "import { registerHooks } from 'node:module'; registerHooks({ resolve(name, context, next) {" +
    " if (name.includes('opentelemetry')) process.stderr.write('loaded ' + name + ' ');" +
    ' return next(name, context) } })',
)}`
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const PARENT_ID = '00f067aa0ba902b7'

async function startTraced(
  variables: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<RunningDaemon> {
  const before = { ...process.env }
  Object.assign(process.env, { OTEL_BSP_SCHEDULE_DELAY: '50' }, variables)
  try {
    // The process is spawned before this returns.
    return startDaemon(stateDirectory(), flags)
  } finally {
    process.env = before
  }
}

const tracedTo = ({ url }: Collector): Record<string, string> => ({
  OTEL_EXPORTER_OTLP_ENDPOINT: url,
})

function claim(url: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  const body = JSON.stringify({ size: '4MiB', sharing: 'dedicated', holder: 'ada' })
  return fetch(`${url}/v1/claims/web`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
}

/** Names of the spans below a span, each with those below it. */
function tree(spans: readonly ReceivedSpan[], parentId: string): unknown[] {
  return spans
    .filter((span) => span.parentId === parentId)
    .map(({ name, spanId }) => {
      const below = tree(spans, spanId)
      return below.length === 0 ? name : [name, below]
    })
}

test(
  "a claim's trace goes on with its caller's, and shows queue, host and ledger in their order",
  async () => {
    const collector = await startCollector()
    const { url } = await startTraced({
      ...tracedTo(collector),
      OTEL_SERVICE_NAME: 'memory',
      OTEL_RESOURCE_ATTRIBUTES: 'rack=r7',
    })
    const traceparent = `00-${TRACE_ID}-${PARENT_ID}-01`
    const answer = await claim(url, { traceparent })
    expect(answer.status).toBe(201)
    const root = await vi.waitFor(() => {
      const found = collector.spans.find(({ name }) => name === 'PUT /v1/claims/:name')
      if (found === undefined) throw new Error('no span of the request yet')
      return found
    }, SOON)
    expect(answer.headers.get('traceresponse')).toBe(`00-${TRACE_ID}-${root.spanId}-01`)
    expect([root.traceId, root.parentId, root.isFailed]).toEqual([TRACE_ID, PARENT_ID, false])
    expect(root.facts).toEqual({
      'http.request.method': 'PUT',
      'http.route': '/v1/claims/:name',
      'url.path': '/v1/claims/web',
      'daxd.request_id': answer.headers.get('x-request-id'),
      'http.response.status_code': 201,
      'daxd.caller.role': 'admin',
      'daxd.caller.via': 'anyone',
    })
    expect(tree(collector.spans, PARENT_ID)).toEqual([
      [
        'PUT /v1/claims/:name',
        [
          'region queue',
          'host discover',
          'ledger commit',
          'host create',
          'host enable',
          'ledger commit',
        ],
      ],
    ])
    const commit = collector.spans.find(({ name }) => name === 'ledger commit')
    expect(commit?.facts).toEqual({
      'daxd.commit.group': 1,
      'daxd.commit.records': expect.any(Number),
    })
    expect(collector.resource()).toMatchObject({
      'service.name': 'memory',
      'service.version': expect.any(String),
      rack: 'r7',
    })
  },
  TEST_TIMEOUT_MS,
)

test(
  'a call of the host that fails is told with its errno, and the request with its code',
  async () => {
    const collector = await startCollector()
    const directory = stateDirectory()
    const faults = `${directory}/faults.json`
    const rule = { operation: 'create', when: 'before', probability: 1, errno: 'EIO' }
    writeFileSync(faults, JSON.stringify({ seed: 1, rules: [rule] }))
    const { url } = await startTraced(tracedTo(collector), ['--faults', faults])
    expect((await claim(url)).status).toBe(502)
    await vi.waitFor(() => {
      const told = collector.spans
        .filter(({ isFailed }) => isFailed)
        .map(({ name, facts }) => [name, facts['error.type']])
      expect(told).toEqual([
        ['host create', 'EIO'],
        ['PUT /v1/claims/:name', 'backend_failed'],
      ])
    }, SOON)
  },
  TEST_TIMEOUT_MS,
)

test(
  'a wipe is a trace of its own that says which request has caused it',
  async () => {
    const collector = await startCollector()
    const { url } = await startTraced(tracedTo(collector), ['--wipe-minimum', 'on_release'])
    expect((await claim(url)).status).toBe(201)
    const headers = { prefer: 'wait=30' }
    const released = await fetch(`${url}/v1/claims/web`, { method: 'DELETE', headers })
    expect(released.status).toBe(204)
    await vi.waitFor(() => {
      const request = collector.spans.find(({ name }) => name === 'DELETE /v1/claims/:name')
      const wipe = collector.spans.find(({ name }) => name === 'wipe')
      const pieces = collector.spans.filter(({ name }) => name === 'host wipe')
      expect(wipe?.parentId).toBe('')
      expect(wipe?.traceId).not.toBe(request?.traceId)
      expect(new Set(pieces.map(({ traceId }) => traceId))).toEqual(new Set([wipe?.traceId]))
      const causes = collector.spans.filter(({ spanId }) => wipe?.links.includes(spanId))
      expect(causes.map(({ traceId }) => traceId)).toEqual([request?.traceId])
    }, SOON)
  },
  TEST_TIMEOUT_MS,
)

test(
  'what has ended before SIGTERM arrives, though nothing was sent yet',
  async () => {
    const collector = await startCollector()
    const slow = { ...tracedTo(collector), OTEL_BSP_SCHEDULE_DELAY: '600000' }
    const daemon = await startTraced(slow)
    expect((await claim(daemon.url)).status).toBe(201)
    expect(collector.spans).toEqual([])
    expect(await daemon.end('SIGTERM')).toEqual({ code: 0, signal: null, stderr: '' })
    expect(collector.spans.map(({ name }) => name)).toContain('PUT /v1/claims/:name')
  },
  TEST_TIMEOUT_MS,
)

test.each([
  ['that nobody listens at', 'http://127.0.0.1:9'],
  ['that takes connections and never answers', 'silent'],
])(
  'a collector %s holds up neither requests nor the end',
  async (_what, endpoint) => {
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as { port: number }
    try {
      const url = endpoint === 'silent' ? `http://127.0.0.1:${port}` : endpoint
      const daemon = await startTraced({ OTEL_EXPORTER_OTLP_ENDPOINT: url })
      expect((await claim(daemon.url)).status).toBe(201)
      for (let at = 0; at < 50; at += 1) {
        expect((await fetch(`${daemon.url}/v1/regions`)).status).toBe(200)
      }
      const began = performance.now()
      expect(await daemon.end('SIGTERM')).toEqual({ code: 0, signal: null, stderr: '' })
      expect(performance.now() - began).toBeLessThan(15_000)
    } finally {
      silent.close()
    }
  },
  TEST_TIMEOUT_MS,
)

test(
  'without the variables nothing of OpenTelemetry is loaded, and no answer tells of a trace',
  async () => {
    const daemon = await startTraced({ NODE_OPTIONS: TELL_LOADED })
    const answer = await claim(daemon.url)
    expect([answer.status, answer.headers.get('traceresponse')]).toEqual([201, null])
    // Prometheus' client asks for the interface alone, which does nothing by itself.
    const { code, stderr } = await daemon.end('SIGTERM')
    expect([code, stderr.replaceAll('loaded @opentelemetry/api ', '')]).toEqual([0, ''])
    const traced = await startTraced({ NODE_OPTIONS: TELL_LOADED, OTEL_TRACES_EXPORTER: 'otlp' })
    expect((await traced.end('SIGTERM')).stderr).toContain('loaded @opentelemetry/sdk-trace')
  },
  TEST_TIMEOUT_MS,
)
