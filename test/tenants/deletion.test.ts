/** A tenant's deletion takes all, waits for what others are at already, and can be told of. */
import { expect, test } from 'vitest'
import { startMmapChild } from '../support/mmap-child.ts'
import { startTenantDaemon, type TenantDaemon } from './support/tenant-daemon.ts'

const MIB = 2 ** 20
const SOON = { timeout: 30_000 }
const NO_WAIT = { prefer: 'wait=0' }
/** 8 MiB take three seconds: long enough to act meanwhile. */
const SLOWLY = { 'wipe-rate': '2MiB/s' }
const KINDS = ['namespaces', 'claims', 'leases', 'handles', 'mappings'] as const
const DELETION = '/v1/tenants/red?if_busy=revoke'

async function pool(daemon: TenantDaemon): Promise<void> {
  const wanted = { name: 'pool', region: 0, size: 16 * MIB, pool: true }
  await daemon.ok('operator', 'POST', '/v1/namespaces', wanted)
}

async function slice(daemon: TenantDaemon, size: number) {
  const wanted = { size, sharing: 'slice', holder: 'pod', ttl_ms: 600_000 }
  return daemon.ok('red', 'PUT', '/v1/claims/red.s', wanted)
}

async function expectGone(daemon: TenantDaemon): Promise<void> {
  for (const kind of KINDS) {
    const { items } = await daemon.ok('admin', 'GET', `/v1/${kind}`)
    expect([kind, items.filter(({ tenant }: { tenant: string }) => tenant === 'red')]).toEqual([
      kind,
      [],
    ])
  }
  expect((await daemon.ask('admin', 'GET', '/v1/tenants/red')).status).toBe(404)
}

test('waits for what is being wiped already: claims, slices and mappings', async () => {
  const daemon = await startTenantDaemon({}, SLOWLY)
  await daemon.ok('admin', 'PUT', '/v1/tenants/red', { wipe: 'on_release' })
  await pool(daemon)
  await slice(daemon, 4 * MIB)
  const claim = { size: 4 * MIB, sharing: 'dedicated', holder: 'pod' }
  await daemon.ok('red', 'PUT', '/v1/claims/red.c', claim)
  const own = { name: 'red.n', region: 0, size: 4 * MIB }
  const { chardev } = await daemon.ok('red', 'POST', '/v1/namespaces', own)
  const handle = await daemon.ok('red', 'POST', `/v1/devices/${chardev}/handles`, { holder: 'h' })
  const mapped = { handle: handle.id, length: 2 * MIB }
  const mapping = await daemon.ok('red', 'POST', '/v1/mappings', mapped)
  for (const path of ['claims/red.s', 'claims/red.c', `mappings/${mapping.id}`]) {
    await daemon.ok('red', 'DELETE', `/v1/${path}`, undefined, NO_WAIT)
  }
  await daemon.ok('red', 'PUT', '/v1/claims/red.late', claim)
  const answer = await daemon.ask('admin', 'DELETE', DELETION)
  expect([answer.status, answer.body.code]).toEqual([204, undefined])
  await expectGone(daemon)
})

test('waits for a process that holds on, is cancelled, and asked again ends', async () => {
  const daemon = await startTenantDaemon()
  await daemon.ok('admin', 'PUT', '/v1/tenants/red', { wipe: 'on_release' })
  await pool(daemon)
  const { path, offset } = await slice(daemon, 2 * MIB)
  const own = { name: 'red.n', region: 0, size: 4 * MIB }
  await daemon.ok('red', 'POST', '/v1/namespaces', own)
  const child = await startMmapChild({ path, offset, length: 2 * MIB })
  const { id } = await daemon.ok('admin', 'DELETE', DELETION, undefined, NO_WAIT)
  const states = async () => {
    const namespace = await daemon.ask('admin', 'GET', '/v1/namespaces/red.n')
    return [namespace.status, (await daemon.ok('admin', 'GET', '/v1/claims/red.s')).state]
  }
  await expect.poll(states, SOON).toEqual([404, 'releasing'])
  expect(await daemon.ok('admin', 'GET', `/v1/operations/${id}`)).toMatchObject({
    state: 'running',
    target: { kind: 'tenant', id: 'red' },
  })
  await daemon.ok('admin', 'DELETE', `/v1/operations/${id}`)
  const { state } = await daemon.ok('admin', 'GET', `/v1/operations/${id}`)
  expect(state).toBe('cancelled')
  expect((await daemon.ok('admin', 'GET', '/v1/tenants/red')).state).toBe('deleting')
  await child.end()
  await daemon.ok('admin', 'DELETE', DELETION)
  await expectGone(daemon)
})

test("a tenant's memory is wiped unless an admin says otherwise, and red cannot", async () => {
  const daemon = await startTenantDaemon()
  const claim = { size: 2 * MIB, sharing: 'dedicated', holder: 'pod', wipe: 'none' }
  expect((await daemon.ok('admin', 'GET', '/v1/tenants/red')).wipe).toBe('on_release')
  expect((await daemon.ok('red', 'PUT', '/v1/claims/red.c', claim)).wipe).toBe('on_release')
  await daemon.ok('admin', 'PUT', '/v1/tenants/red', { wipe: 'none' })
  expect((await daemon.ok('red', 'PUT', '/v1/claims/red.d', claim)).wipe).toBe('none')
})

interface Entry {
  readonly actor: { readonly name: string }
  readonly action: string
  readonly outcome: string
  readonly object: { readonly kind: string; readonly id: string }
}

async function told(daemon: TenantDaemon, action: string) {
  const { items } = await daemon.ok('admin', 'GET', `/v1/audit?limit=1000&action=${action}`)
  return items.map(({ actor, outcome, object: { kind, id } }: Entry) => [
    ...[actor.name, outcome, `${kind}/${id}`],
  ])
}

test('who has a wipe cancelled, and who has its memory mended, is told by name', async () => {
  const daemon = await startTenantDaemon({}, SLOWLY)
  await daemon.ok('admin', 'PUT', '/v1/tenants/red', { wipe: 'on_release' })
  await pool(daemon)
  await slice(daemon, 8 * MIB)
  await daemon.ok('red', 'DELETE', '/v1/claims/red.s', undefined, NO_WAIT)
  const wipe = async () => {
    const { items } = await daemon.ok('admin', 'GET', '/v1/operations?state=running')
    return items.find(({ verb }: { verb: string }) => verb === 'wipe')?.id
  }
  await expect.poll(wipe, SOON).toBeDefined()
  const id = await wipe()
  await daemon.ok('admin', 'DELETE', `/v1/operations/${id}`)
  expect(await told(daemon, 'operations:change')).toEqual([['admin', 'done', `operation/${id}`]])
  const mended = { object: 'claim/red.s', action: 'repair' }
  await daemon.ok('operator', 'POST', '/v1/reconciliation', mended)
  const nothing = await daemon.ask('operator', 'POST', '/v1/reconciliation', {
    ...{ object: 'claim/blue.s', action: 'repair' },
  })
  expect(nothing.status).toBe(404)
  const asked = () => told(daemon, 'reconciliation:change')
  await expect.poll(asked, SOON).toEqual([['operator', 'begun', 'claim/red.s']])
})
