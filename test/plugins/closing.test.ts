import { once } from 'node:events'
import { connect } from 'node:net'
import type { FastifyPluginAsync } from 'fastify'
import { expect, test } from 'vitest'
import { buildApp } from '../../src/app.ts'
import { createMetricsRegistry } from '../../src/plugins/metrics-registry.ts'

/** What `path` answers on a connection that kept a service from closing; the raw response. */
async function answerWhileClosing(path: string): Promise<string> {
  const entered = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const closing = Promise.withResolvers<void>()
  const answered = Promise.withResolvers<void>()
  const slow: FastifyPluginAsync = async (plugin) => {
    plugin.addHook('preClose', async () => closing.resolve())
    plugin.get('/v1/slow', { config: { access: 'service:read' } }, async () => {
      entered.resolve()
      await released.promise
      return { done: true }
    })
  }
  const parts = {
    routes: [slow],
    ready: () => ({ ready: true, reasons: [] }),
    metrics: createMetricsRegistry(),
  }
  const app = buildApp(parts, { version: '1.2.3', logger: false })
  app.addHook('onSend', async (request) => {
    if (request.url === path) answered.resolve()
  })
  const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  const socket = connect(Number(url.port), url.hostname)
  socket.setEncoding('utf8')
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  socket.write('GET /v1/slow HTTP/1.1\r\nHost: a\r\n\r\n')
  await entered.promise
  const closed = app.close()
  await closing.promise
  socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`)
  await answered.promise
  released.resolve()
  await once(socket, 'end')
  await closed
  const [, first, second] = text.split('HTTP/1.1 ')
  expect(first).toMatch(/^200 OK.*\{"done":true\}$/s)
  return second ?? ''
}

test('a request that comes while the service closes is refused, the running one ends', async () => {
  const [head = '', body = ''] = (await answerWhileClosing('/metrics')).split('\r\n\r\n')
  expect(head.split('\r\n')).toEqual(
    expect.arrayContaining([
      '503 Service Unavailable',
      'Connection: close',
      'retry-after: 1',
      'content-type: application/problem+json',
    ]),
  )
  expect(JSON.parse(body)).toEqual({
    type: 'urn:daxd:error:shutting_down',
    title: 'The service is stopping',
    status: 503,
    code: 'shutting_down',
    errno: 'EAGAIN',
    detail: 'The service is stopping.',
    instance: '/metrics',
  })
})

test('a service that is closing is alive until it is closed', async () => {
  expect(await answerWhileClosing('/livez')).toMatch(/^200 OK/)
})

test('a connection that is kept alive after its last answer does not keep the service', async () => {
  const entered = Promise.withResolvers<void>()
  const closing = Promise.withResolvers<void>()
  const slow: FastifyPluginAsync = async (plugin) => {
    plugin.addHook('preClose', async () => closing.resolve())
    plugin.get('/v1/slow', { config: { access: 'service:read' } }, async () => {
      entered.resolve()
      await closing.promise
      return { done: true }
    })
  }
  const parts = {
    routes: [slow],
    ready: () => ({ ready: true, reasons: [] }),
    metrics: createMetricsRegistry(),
  }
  const app = buildApp(parts, { version: '1.2.3', logger: false })
  const url = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  const socket = connect(Number(url.port), url.hostname)
  socket.resume().write('GET /v1/slow HTTP/1.1\r\nHost: a\r\n\r\n')
  await entered.promise
  await Promise.all([app.close(), once(socket, 'end')])
})
