import { connect, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyPluginAsync } from 'fastify'
import { onTestFinished } from 'vitest'
import { type AppParts, buildApp } from '../../src/app.ts'
import type { AdmissionLimits } from '../../src/plugins/admission-limits.ts'
import { createMetricsRegistry } from '../../src/plugins/metrics-registry.ts'
import type { Authenticator } from '../../src/ports/authenticator.ts'

/** Routes of no action of their own. */
const OPEN = { config: { access: 'service:read' } } as const

/** The real app over two routes that answer when the test says so. */
export interface GatedApp {
  readonly url: string
  /** What the handlers were asked for so far, by the body's `name`, or `read`. */
  readonly begun: readonly string[]
  /** Answers the oldest call that waits. */
  release(): void
  releaseAll(): void
  /** A raw connection that sends the text. */
  talk(text: string): Promise<Socket>
  /** Value of one series of `/metrics`. */
  metric(series: string): Promise<number>
  /** Waits until a series has the value. */
  reaches(series: string, value: number): Promise<void>
}

interface Options {
  readonly limits?: Partial<AdmissionLimits>
  readonly parts?: Partial<AppParts>
  readonly requestTimeoutMs?: number
  readonly authenticate?: Authenticator
}

const POLL_MS = 10
const ANSWER_BYTES = 32 * 1024 * 1024

export async function gatedApp(options: Options = {}): Promise<GatedApp> {
  const { limits = {}, parts = {}, ...rest } = options
  const begun: string[] = []
  const waiting: (() => void)[] = []
  let isOpen = false
  const gate = (name: string): Promise<void> => {
    begun.push(name)
    return isOpen ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))
  }
  const routes: FastifyPluginAsync = async (app) => {
    app.get('/v1/gate', OPEN, async () => {
      await gate('read')
      return { ok: true }
    })
    app.get('/v1/large', OPEN, async () => Buffer.alloc(ANSWER_BYTES))
    app.post('/v1/gate', OPEN, async ({ body }) => {
      await gate((body as { name: string }).name)
      return { ok: true }
    })
  }
  const app = buildApp(
    {
      routes: [routes],
      ready: () => ({ ready: true, reasons: [] }),
      metrics: createMetricsRegistry(),
      ...parts,
    },
    { version: '0', logger: false, limits, ...rest },
  )
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const releaseAll = (): void => {
    isOpen = true
    for (const resolve of waiting.splice(0)) resolve()
  }
  onTestFinished(async () => {
    releaseAll()
    app.server.closeAllConnections()
    await app.close()
  })
  const metric = async (series: string): Promise<number> => {
    const text = await (await fetch(`${url}/metrics`)).text()
    const line = text.split('\n').find((row) => row.startsWith(`${series} `))
    if (line === undefined) throw new Error(`no series ${series}`)
    return Number(line.slice(series.length))
  }
  return {
    url,
    begun,
    release: () => waiting.shift()?.(),
    releaseAll,
    talk: (text) =>
      new Promise((resolve, reject) => {
        const socket = connect(Number(new URL(url).port), '127.0.0.1', () => {
          socket.write(text)
          resolve(socket)
        })
        socket.on('error', reject)
        onTestFinished(() => void socket.destroy())
      }),
    metric,
    async reaches(series, value) {
      while ((await metric(series)) !== value) await pause(POLL_MS)
    },
  }
}

/** A POST of the gate, with a body of about so many bytes. */
export function post(
  { url }: GatedApp,
  name: string,
  bytes = 0,
  headers: Record<string, string> = {},
): Promise<Response> {
  const body = JSON.stringify({ name, fill: 'x'.repeat(bytes) })
  const type = { 'content-type': 'application/json' }
  return fetch(`${url}/v1/gate`, { method: 'POST', body, headers: { ...type, ...headers } })
}

/** What a refusal for overload promises. */
export async function told(answer: Response): Promise<unknown> {
  const { code, status, errno } = (await answer.json()) as Record<string, unknown>
  return {
    status: answer.status,
    type: answer.headers.get('content-type'),
    retryAfter: answer.headers.get('retry-after'),
    problem: { code, status, errno },
  }
}

export const OVERLOADED = {
  status: 503,
  type: 'application/problem+json',
  retryAfter: '1',
  problem: { code: 'overloaded', status: 503, errno: 'EAGAIN' },
}
