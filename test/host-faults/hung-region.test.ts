/** A region whose host does not answer stops nobody but those who want something of it. */
import { describe, expect, test } from 'vitest'
import { type Answer, refusal } from '../support/api.ts'
import type { Method } from './support/fault-host.ts'
import { type FaultService, startFaultService } from './support/fault-service.ts'
import { clear, heal, WAIT } from './support/heal.ts'
import { pictureOf } from './support/picture.ts'
import { USE_CASES, type UseCase } from './support/use-cases.ts'

const UNIT = 2 * 1024 * 1024
const HUNG = { status: 503, code: 'host_hung', errno: 'EAGAIN' }

/** A use case of region 0 that makes the call. */
const CHANGES: readonly [Method, string][] = [
  ['create', 'making a namespace'],
  ['enable', 'enabling a device'],
  ['disable', 'disabling a device'],
  ['destroy', 'deleting a namespace'],
  ['fence', 'deleting a namespace'],
  ['unfence', 'disabling a device that a process has open, which is refused'],
  ['wipe', 'deleting a namespace that is wiped'],
  ['reshape', 'growing a namespace'],
]

function named(name: string): UseCase {
  const found = USE_CASES.find((useCase) => useCase.name === name)
  if (found === undefined) throw new Error(`there is no use case ${name}`)
  return found
}

const create = (service: FaultService, name: string, region: number): Promise<Answer> =>
  service.ask('post', '/v1/namespaces', {
    body: { name, region, size: 8 * UNIT },
    headers: WAIT,
  })

/** Where among the calls of the use case the method comes first. */
async function placeOf(service: FaultService, useCase: UseCase, method: Method): Promise<number> {
  await useCase.prepare?.(service)
  service.host.arm(null)
  await useCase.act(service)
  const at = service.host.calls().indexOf(method)
  await heal(service)
  await clear(service)
  return at
}

/** Everything else goes on: the other region, reads, the broker, events. */
async function expectService(service: FaultService): Promise<void> {
  const { revision } = await service.get('/v1/regions/1')
  const { status, body } = await create(service, 'elsewhere', 1)
  expect(status).toBe(201)
  const { id } = await service.make(`/v1/devices/${body.chardev}/handles`, { holder: 'h' })
  const mapping = await service.make('/v1/mappings', { handle: id, length: UNIT })
  await service.remove(`/v1/mappings/${mapping.id}`)
  await service.remove(`/v1/handles/${id}`)
  const path = '/v1/namespaces/elsewhere'
  expect((await service.ask('delete', path, { headers: WAIT })).status).toBe(204)
  const headers = { accept: 'application/json' }
  const events = await service.ok('get', `/v1/events?since=${revision}&limit=1000`, 200, {
    headers,
  })
  const ofNamespace = events.items.filter((event: Answer['body']) => event.id === 'elsewhere')
  expect(ofNamespace.map((event: Answer['body']) => event.type)).toContain('deleted')
  expect((await service.get('/v1/devices?observed=true')).next).toBe(null)
  expect((await service.ask('get', '/readyz')).status).toBe(200)
}

describe.each(CHANGES)('while %s hangs in region 0 (%s)', (method, name) => {
  test.each(['hangs before', 'hangs after'] as const)(
    'and %s its effect, others are served, the region refuses, and all is mended when it returns',
    async (way) => {
      const service = await startFaultService()
      const useCase = named(name)
      const before = await pictureOf(service)
      const at = await placeOf(service, useCase, method)
      expect(at).toBeGreaterThanOrEqual(0)
      await useCase.prepare?.(service)
      service.host.arm({ at, way })
      const answer = await useCase.act(service)
      // A fence that cannot be lifted is nobody's answer.
      expect(answer?.status, answer?.text).toBe(method === 'unfence' ? 409 : 502)
      const late = await create(service, 'late', 0)
      expect([refusal(late), late.headers['retry-after']]).toEqual([HUNG, '5'])
      await expectService(service)
      await heal(service)
      expect((await create(service, 'late', 0)).status).toBe(201)
      await clear(service)
      expect(await pictureOf(service)).toEqual(before)
    },
  )
})

test('what waits for a hung region is refused when its first call is given up, and was not begun', async () => {
  const service = await startFaultService()
  service.host.arm({ at: 2, way: 'hangs before' })
  const names = ['a', 'b', 'c', 'd']
  const answers = await Promise.all(names.map((name) => create(service, name, 0)))
  const told = answers.map(({ status, body }) => [status, body.code]).sort()
  const refused = [503, 'host_hung']
  expect(told).toEqual([[502, 'backend_timeout'], refused, refused, refused])
  const { items } = await service.get('/v1/namespaces')
  expect(items.map(({ state }: Answer['body']) => state)).toEqual(['failed'])
})

test('a claim that expires while its region hangs is released by itself when the host returns', async () => {
  const service = await startFaultService()
  const before = await pictureOf(service)
  const body = { size: UNIT, sharing: 'dedicated', holder: 'h', ttl_ms: 3_600_000 }
  const { lease } = (await service.ask('put', '/v1/claims/c', { body, headers: WAIT })).body
  service.host.arm({ at: 2, way: 'hangs after' })
  expect((await create(service, 'n', 0)).status).toBe(502)
  await service.act(`/v1/leases/${lease}/renew`, { ttl_ms: 1 })
  const stateOf = async () => (await service.get('/v1/claims/c')).state
  await expect.poll(stateOf, { timeout: 20_000 }).toBe('releasing')
  service.host.release()
  const claims = async () => (await service.get('/v1/claims')).items
  await expect.poll(claims, { timeout: 20_000 }).toEqual([])
  await heal(service)
  await clear(service)
  expect(await pictureOf(service)).toEqual(before)
})

test('a look at the host that hangs is given up, and does not stop the next', async () => {
  const service = await startFaultService()
  service.host.arm({ at: 0, way: 'hangs before' })
  const answer = await service.ask('get', '/v1/reconciliation')
  expect(refusal(answer)).toEqual({ status: 502, code: 'backend_timeout', errno: 'EIO' })
  expect((await create(service, 'n', 0)).status).toBe(201)
})

test('nothing is placed in a region whose drop hangs, and other regions can still be defined', async () => {
  const service = await startFaultService()
  const before = await pictureOf(service)
  const region = { size: 64 * UNIT, align: UNIT }
  await service.make('/v1/regions', region)
  service.host.arm({ at: 1, way: 'hangs before' })
  expect((await service.ask('delete', '/v1/regions/2')).status).toBe(502)
  expect(service.host.calls()).toEqual(['discover', 'dropRegion'])
  expect(refusal(await create(service, 'n', 2))).toEqual(HUNG)
  expect((await service.make('/v1/regions', region)).id).toBe(3)
  await heal(service)
  await clear(service)
  expect(await pictureOf(service)).toEqual(before)
})
