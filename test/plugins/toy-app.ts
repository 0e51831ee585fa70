import { Writable } from 'node:stream'
import type { FastifyInstance } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import pino from 'pino'
import { z } from 'zod'
import * as s from '../../schemas/index.ts'
import { type AppOptions, buildApp } from '../../src/app.ts'
import { DaxError } from '../../src/core/errors.ts'
import { invariant } from '../../src/core/invariant.ts'
import { createMetricsRegistry, type MetricsRegistry } from '../../src/plugins/metrics-registry.ts'

/** Routes of no action of their own. */
const OPEN = { config: { access: 'service:read' } } as const

const thing = z.object({ id: z.string(), size: z.int() }).meta({ id: 'Thing' })
const thingCreate = z.strictObject({
  id: s.nameInput,
  size: s.sizeInput,
  labels: s.labelsInput.exactOptional(),
})
const things = { summary: 'Toys', tags: ['namespaces'] as const }

/** Routes with every kind of outcome. */
const toyRoutes: FastifyPluginAsyncZod = async (app) => {
  const { withContract } = s
  app.get(
    '/v1/things/:id',
    {
      schema: withContract({
        ...things,
        params: s.handleParams,
        querystring: s.pageQuery,
        response: { 200: thing },
      }),
    },
    async (request) => ({ id: request.params.id, size: request.query.limit, secret: 'x' }),
  )
  app.post(
    '/v1/things',
    {
      schema: withContract({
        ...things,
        headers: s.postHeaders,
        querystring: s.dryRunQuery,
        body: thingCreate,
        response: { 201: thing },
      }),
    },
    async (request, reply) => reply.code(201).send({ id: request.body.id, size: 1 }),
  )
  app.patch(
    '/v1/things/:id',
    { schema: withContract({ ...things, body: s.regionPatch, response: { 200: z.unknown() } }) },
    async (request) => request.body,
  )
  app.post(
    '/v1/often',
    {
      config: { isFrequent: true },
      schema: withContract({ ...things, body: s.emptyBody, response: { 204: s.noContent } }),
    },
    async (_request, reply) => reply.code(204).send(),
  )
  app.post(
    '/v1/things/:id/disable',
    {
      schema: withContract({
        ...things,
        body: s.deviceDisable,
        response: { 200: z.object({ if_busy: z.string() }) },
      }),
    },
    async (request) => ({ if_busy: request.body.if_busy ?? 'refuse' }),
  )
  app.delete(
    '/v1/things/:id',
    { schema: withContract({ ...things, response: { 204: s.noContent } }) },
    async (_request, reply) => reply.code(204).send(),
  )
  app.get('/v1/refuse', OPEN, async () => {
    throw new DaxError('no_space', 'Only 4096 bytes are free.', {
      available_size: 4096,
      max_available_extent: 4096,
      holders: [{ kind: 'process', pid: 7, comm: 'qemu' }],
    })
  })
  app.get('/v1/overload', OPEN, async () => {
    throw new DaxError('overloaded', 'Too much is waiting.', { retry_after_s: 2.5 })
  })
  app.get('/v1/defect', OPEN, async () =>
    invariant(false, 'the secret promise holds', { secret: 1 }),
  )
  app.get('/v1/crash', OPEN, async () => {
    throw new TypeError('secret is not a function')
  })
  app.get('/v1/text', OPEN, async () => {
    throw 'a secret text'
  })
  app.get(
    '/v1/wrong-answer',
    { schema: withContract({ ...things, response: { 200: thing } }) },
    // The cast is the defect that the response schema must catch.
    async () => ({ id: 1, secret: 'x' }) as unknown as { id: string; size: number },
  )
}

/** What our own log lines have. */
export interface LogLine {
  readonly level: number
  readonly msg: string
  readonly request_id?: string
  readonly err?: unknown
  readonly method?: string
  readonly path?: string
  readonly status?: number
  readonly code?: string
}

export interface ToyApp {
  readonly app: FastifyInstance
  readonly url: string
  readonly metrics: MetricsRegistry
  /** The log so far, one object for each line. */
  readonly lines: LogLine[]
}

/** The real app over {@link toyRoutes}, listening on a free port; close it with `app.close()`. */
export async function listen(
  options: Partial<AppOptions> = {},
  reasons: readonly string[] = [],
): Promise<ToyApp> {
  const lines: LogLine[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  const metrics = createMetricsRegistry()
  const app = buildApp(
    { routes: [toyRoutes], ready: () => ({ ready: reasons.length === 0, reasons }), metrics },
    { version: '1.2.3', logger: pino({ level: 'debug' }, stream), ...options },
  )
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  return { app, url, metrics, lines }
}

/** The problem document of a code, as the table of errors has it. */
export function problem(
  row: { code: string; title: string; status: number; errno?: string },
  told: object,
): object {
  const { code, title, status, errno } = row
  return {
    type: `urn:daxd:error:${code}`,
    title,
    status,
    code,
    ...(errno === undefined ? {} : { errno }),
    ...told,
  }
}
