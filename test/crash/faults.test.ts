import { expect, test } from 'vitest'
import type { FaultOperation } from '../../src/backends/emulated/faults.ts'
import { faultsOf, look } from './support/audit.ts'
import { UNIT } from './support/calls/make.ts'
import { type ArmedFault, startFaultyService } from './support/faulty-service.ts'
import { type Answer, type Body, call, must } from './support/http.ts'

/** A call that needs the host, with what must be there before it and how to undo it all. */
interface Scenario {
  readonly name: string
  /** What the call does on the host; each of it is made to fail. */
  readonly operations: readonly FaultOperation[]
  readonly prepare?: (url: string) => Promise<unknown>
  readonly act: (url: string) => Promise<Answer | null>
}

const HEADERS = { prefer: 'wait=60' }

function createNamespace(url: string, more: object = {}): Promise<Answer | null> {
  const body = { name: 'n', region: 0, size: UNIT, ...more }
  return call(url, 'POST', '/v1/namespaces', { body, headers: HEADERS })
}

function putClaim(url: string, more: object = {}): Promise<Answer | null> {
  const body = { size: UNIT, sharing: 'dedicated', holder: 'h', ...more }
  return call(url, 'PUT', '/v1/claims/c', { body, headers: HEADERS })
}

async function chardevOf(url: string): Promise<string> {
  return (await must(url, 'GET', '/v1/namespaces/n')).chardev
}

async function turn(url: string, verb: 'enable' | 'disable', body: object = {}) {
  return call(url, 'POST', `/v1/devices/${await chardevOf(url)}/${verb}`, { body })
}

async function openAndMap(url: string): Promise<void> {
  const path = `/v1/devices/${await chardevOf(url)}/handles`
  const handle = await must(url, 'POST', path, { body: { holder: 'h' } })
  await must(url, 'POST', '/v1/mappings', { body: { handle: handle.id, length: UNIT } })
}

const remove = (url: string, path: string): Promise<Answer | null> =>
  call(url, 'DELETE', path, { headers: HEADERS })

const GOING: readonly FaultOperation[] = ['fence', 'observe', 'disable', 'destroy', 'discover']

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'making a namespace',
    operations: ['create', 'enable', 'discover'],
    act: createNamespace,
  },
  {
    name: 'making a dedicated claim',
    operations: ['create', 'enable', 'discover'],
    act: putClaim,
  },
  {
    name: 'deleting a namespace',
    operations: GOING,
    prepare: createNamespace,
    act: (url) => remove(url, '/v1/namespaces/n'),
  },
  {
    name: 'deleting a namespace that is wiped',
    operations: ['wipe'],
    prepare: (url) => createNamespace(url, { wipe: 'on_release' }),
    act: (url) => remove(url, '/v1/namespaces/n'),
  },
  {
    name: 'deleting a namespace in use with revoke',
    operations: GOING,
    async prepare(url) {
      await createNamespace(url)
      await openAndMap(url)
    },
    act: (url) => remove(url, '/v1/namespaces/n?if_busy=revoke'),
  },
  {
    name: 'deleting a dedicated claim',
    operations: GOING,
    prepare: putClaim,
    act: (url) => remove(url, '/v1/claims/c'),
  },
  {
    name: 'deleting a slice that is wiped',
    operations: ['wipe'],
    async prepare(url) {
      await createNamespace(url, { pool: true })
      await putClaim(url, { sharing: 'slice', wipe: 'on_release' })
    },
    act: (url) => remove(url, '/v1/claims/c'),
  },
  {
    name: 'disabling a device',
    operations: ['fence', 'observe', 'disable'],
    prepare: createNamespace,
    act: (url) => turn(url, 'disable'),
  },
  {
    name: 'disabling a device in use with revoke',
    operations: ['fence', 'observe', 'disable'],
    async prepare(url) {
      await createNamespace(url)
      await openAndMap(url)
    },
    act: (url) => turn(url, 'disable', { if_busy: 'revoke' }),
  },
  {
    name: 'enabling a device',
    operations: ['enable', 'discover'],
    prepare: (url) => createNamespace(url, { enabled: false }),
    act: (url) => turn(url, 'enable'),
  },
  {
    name: 'growing a namespace',
    operations: ['reshape', 'discover'],
    prepare: (url) => createNamespace(url, { enabled: false }),
    act: (url) => call(url, 'PATCH', '/v1/namespaces/n', { body: { size: 2 * UNIT } }),
  },
]

/** Once, so that the service can put things back; or until the fault is over. */
const WAYS = [
  { when: 'before', errno: 'EIO', times: 1 },
  { when: 'before', errno: 'EIO', times: 1000 },
  { when: 'after', errno: 'EIO', times: 1 },
  { when: 'after', errno: 'hang', times: 1000 },
] as const

/** What the caller must be told: the host's failure, unless the service could get round it. */
const TOLD = [200, 201, 204, 502]

/** Repairs all that can be repaired; afterwards nothing may differ. */
async function repairAll(url: string): Promise<void> {
  const { items } = await must(url, 'GET', '/v1/reconciliation')
  for (const { object, actions } of items as Body[]) {
    expect(actions, object).toContain('repair')
    await call(url, 'POST', '/v1/reconciliation', { body: { object, action: 'repair' } })
  }
  expect(await must(url, 'GET', '/v1/reconciliation')).toEqual({ items: [], next: null })
}

/** Takes away whatever is left; each of it must go at the first try. */
async function clear(url: string): Promise<void> {
  for (const path of ['/v1/claims/c', '/v1/namespaces/n']) {
    if ((await call(url, 'GET', path))?.status === 404) continue
    await must(url, 'DELETE', `${path}?if_busy=revoke`, { headers: HEADERS })
  }
  const { items } = await must(url, 'GET', '/v1/handles')
  for (const { id } of items) await must(url, 'DELETE', `/v1/handles/${id}`)
  const mappings = await must(url, 'GET', '/v1/mappings')
  for (const { id } of mappings.items) await must(url, 'DELETE', `/v1/mappings/${id}`)
}

const SETTLED = { timeout: 30_000, interval: 50 }

for (const scenario of SCENARIOS) {
  test(`${scenario.name} leaks nothing when a step of the host fails, and can be repaired`, async () => {
    const service = await startFaultyService()
    const { url } = service
    const before = (await look(url)).regions
    const faults: ArmedFault[] = scenario.operations.flatMap((operation) =>
      WAYS.map((way) => ({ operation, ...way })),
    )
    for (const fault of faults) {
      const where = JSON.stringify(fault)
      await scenario.prepare?.(url)
      service.arm(fault)
      const answer = await scenario.act(url)
      expect(service.disarm(), `${where} must strike`).toBeGreaterThan(0)
      expect(TOLD, `${where}: ${JSON.stringify(answer)}`).toContain(answer?.status)
      await repairAll(url).catch((error: unknown) => {
        throw new Error(`repair after ${where}, answered ${JSON.stringify(answer)}`, {
          cause: error,
        })
      })
      // A wipe that a repair has begun goes on by itself.
      await expect
        .poll(async () => faultsOf(await look(url)), { ...SETTLED, message: where })
        .toEqual([])
      await clear(url)
      const after = (await look(url)).regions
      expect(
        after.map(({ map }) => map),
        where,
      ).toEqual(before.map(({ map }) => map))
    }
  })
}
