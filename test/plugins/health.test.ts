import request from 'supertest'
import { expect, test } from 'vitest'
import { listen } from './toy-app.ts'

test('a service that can serve mutations is alive and ready', async () => {
  const toy = await listen()
  const live = await request(toy.url).get('/livez')
  const ready = await request(toy.url).get('/readyz')
  await toy.app.close()
  expect([live.status, live.body]).toEqual([200, { status: 'ok' }])
  expect([ready.status, ready.body]).toEqual([200, { ready: true, reasons: [] }])
})

test('a service whose ledger failed is alive, but not ready, and says why', async () => {
  const toy = await listen({}, ['the ledger cannot be written'])
  const live = await request(toy.url).get('/livez')
  const ready = await request(toy.url).get('/readyz')
  await toy.app.close()
  expect(live.status).toBe(200)
  expect([ready.status, ready.type, ready.body]).toEqual([
    503,
    'application/json',
    { ready: false, reasons: ['the ledger cannot be written'] },
  ])
})
