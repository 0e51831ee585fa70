/** What all callers share no tenant can have for itself: others are served however it tries. */
import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import type { Authenticator } from '../../src/ports/authenticator.ts'
import { createIdempotency } from '../../src/services/idempotency.ts'
import { serviceFixture } from '../services/fixture.ts'
import { outcome } from '../services/world/fixture.ts'
import { type Person, startTenantDaemon } from '../tenants/support/tenant-daemon.ts'
import { type GatedApp, gatedApp, OVERLOADED, post, told } from './gated-app.ts'

const WATCHERS_OF_ONE_MAX = 250

/** Who asks says which tenant it is, and nothing else. */
const byName: Authenticator = ({ authorization = null }) => ({
  principal: { name: 'ci', role: 'tenant', tenant: authorization, via: 'token' },
  isStill: () => true,
})

const PREFER = { prefer: 'wait=300' }

test.each([
  ['waits', PREFER, 0],
  ['changes', {}, 0],
  ['large_body_bytes', {}, 20_000],
] as const)('of %s a tenant has a quarter at most', async (queue, headers, bytes) => {
  const limits = { waits: 8, changes: 8, largeBodiesBytes: 164_000, largeAtOnce: 8 }
  const app = await gatedApp({ limits, authenticate: byName })
  const by = (tenant: string): Promise<Response> =>
    post(app, tenant, bytes, { ...headers, authorization: tenant })
  const held = [by('red'), by('red')]
  await begun(app, 2)
  expect(await told(await by('red'))).toEqual(OVERLOADED)
  held.push(by('blue'))
  await begun(app, 3)
  expect(app.begun).toEqual(['red', 'red', 'blue'])
  app.releaseAll()
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200, 200])
  const later = await Promise.all([by('red'), by('red')])
  expect([queue, later.map(({ status }) => status)]).toEqual([queue, [200, 200]])
})

async function begun(app: GatedApp, count: number): Promise<void> {
  await expect.poll(() => app.begun.length, { timeout: 10_000 }).toBe(count)
}

test('of places to watch events, too', async () => {
  const daemon = await startTenantDaemon()
  const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY })
  onTestFinished(() => agent.destroy())
  const watch = async (who: Person): Promise<IncomingMessage> => {
    const headers = { authorization: `Bearer ${daemon.bearer(who)}` }
    const [answer] = await once(get(`${daemon.url}/v1/events`, { agent, headers }), 'response')
    answer.on('error', () => undefined).resume()
    return answer
  }
  const streams = await Promise.all(Array.from({ length: WATCHERS_OF_ONE_MAX }, () => watch('red')))
  expect(new Set(streams.map(({ statusCode }) => statusCode))).toEqual(new Set([200]))
  expect((await watch('red')).statusCode).toBe(503)
  expect((await watch('blue')).statusCode).toBe(200)
  streams[0]?.destroy()
  const again = async () => (await watch('red')).statusCode
  await expect.poll(again, { timeout: 10_000 }).toBe(200)
})

test('of remembered answers, over a restart too', async () => {
  const fixture = await serviceFixture()
  const limits = { count: 8, bytes: 1e6 }
  const start = () => createIdempotency({ ...fixture, digest: (text) => text, limits })
  let idempotency = start()
  const call = (tenant: string | null, name: string) => {
    const key = { scope: `${tenant} ${name}`, tenant, fingerprint: 'f' }
    const answer = { status: 201, headers: {}, body: {} }
    const make = () => fixture.world.commit((tx) => idempotency.store(tx, key, answer))
    return outcome(idempotency.once(key, make))
  }
  const done = { value: { result: undefined } }
  expect([await call('red', '1'), await call('red', '2')]).toEqual([done, done])
  expect(await call('red', '3')).toEqual({ error: 'overloaded' })
  expect([await call('blue', '1'), await call(null, '1')]).toEqual([done, done])
  idempotency = start()
  expect(await call('red', '3')).toEqual({ error: 'overloaded' })
  expect(await call('red', '1')).toHaveProperty('value.replayed')
  for (const name of ['2', '3', '4', '5']) expect(await call(null, name)).toEqual(done)
})
