/** What a tenant may have is held at the point where it is given, whoever asks at once. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { type Quota, requireBytes, type Usage } from '../../src/core/quota.ts'
import { type Bytes, bytes } from '../../src/core/units.ts'
import { startTenantDaemon, type TenantDaemon } from './support/tenant-daemon.ts'

const MIB = 2 ** 20

test('bytes are refused exactly where a limit would be passed', () => {
  const limit = fc.option(fc.nat(100), { nil: undefined })
  const amount = fc.nat(100)
  void fc.assert(
    fc.property(limit, limit, limit, amount, amount, amount, amount, (all, media, region, ...n) => {
      const [size, usedAll, usedMedia, usedRegion] = n
      const quota = {
        ...(all === undefined ? {} : { bytes: bytes(all) }),
        ...(media === undefined ? {} : { bytes_by_media: { pmem: bytes(media) } }),
        ...(region === undefined ? {} : { bytes_by_region: { '3': bytes(region) } }),
      } satisfies Quota
      const usage: Usage = {
        bytes: usedAll,
        bytes_by_media: { pmem: usedMedia },
        bytes_by_region: { '3': usedRegion },
      }
      const wanted = { size: size as Bytes, region: 3, media: 'pmem' }
      const fits = [
        [all, usedAll],
        [media, usedMedia],
        [region, usedRegion],
      ].every(([most, used]) => most === undefined || (used ?? 0) + size <= most)
      let refused = false
      try {
        requireBytes('red', quota, usage, wanted)
      } catch {
        refused = true
      }
      expect(refused).toBe(!fits)
    }),
  )
})

const DEDICATED = { size: 2 * MIB, sharing: 'dedicated', holder: 'pod' }

/** How many of these were given, and why the others were not. */
async function outcomes(calls: readonly Promise<{ status: number; body: { code?: string } }>[]) {
  const answers = await Promise.all(calls)
  const codes = answers.filter(({ status }) => status >= 300).map(({ body }) => body.code)
  return { given: answers.length - codes.length, codes: [...new Set(codes)] }
}

async function usageOf(daemon: TenantDaemon) {
  return (await daemon.ok('red', 'GET', '/v1/tenants/red')).usage
}

test('of forty claims at once as many are given as the quota has bytes for', async () => {
  const daemon = await startTenantDaemon({ red: { bytes: '14MiB' } })
  const claims = Array.from({ length: 40 }, (_, at) =>
    daemon.ask('red', 'PUT', `/v1/claims/red.${at}`, DEDICATED),
  )
  expect(await outcomes(claims)).toEqual({ given: 7, codes: ['quota_exhausted'] })
  expect((await usageOf(daemon)).bytes).toBe(14 * MIB)
  await daemon.ok('red', 'PUT', '/v1/claims/red.0', DEDICATED).catch(() => undefined)
  const { items } = await daemon.ok('red', 'GET', '/v1/claims')
  await daemon.ok('red', 'DELETE', `/v1/claims/${items[0].name}`)
  expect((await usageOf(daemon)).bytes).toBe(12 * MIB)
  await daemon.ok('red', 'PUT', '/v1/claims/red.again', DEDICATED)
})

test('slices of a pool of the host count', async () => {
  const daemon = await startTenantDaemon({ red: { bytes: '8MiB' } })
  const pool = { region: 0, size: 64 * MIB, pool: true }
  await daemon.ok('operator', 'POST', '/v1/namespaces', { name: 'pool', ...pool })
  const slice = { ...DEDICATED, sharing: 'slice' }
  const claims = Array.from({ length: 30 }, (_, at) =>
    daemon.ask('red', 'PUT', `/v1/claims/red.${at}`, slice),
  )
  expect(await outcomes(claims)).toEqual({ given: 4, codes: ['quota_exhausted'] })
  expect((await usageOf(daemon)).bytes).toBe(8 * MIB)
})

test('a pool of a tenant is for it alone, and its slices count as the pool', async () => {
  const daemon = await startTenantDaemon({ red: { bytes: '8MiB' } })
  const pool = { name: 'red.pool', region: 0, size: 8 * MIB, pool: true, tenant: 'red' }
  await daemon.ok('operator', 'POST', '/v1/namespaces', pool)
  const slice = { ...DEDICATED, sharing: 'slice' }
  const refused = await daemon.ask('blue', 'PUT', '/v1/claims/blue.s', slice)
  expect([refused.status, refused.body.code, refused.body.issues]).toEqual([507, 'no_pool', []])
  const hosts = await daemon.ask('admin', 'PUT', '/v1/claims/s', slice)
  expect([hosts.status, hosts.body.code]).toEqual([507, 'no_pool'])
  const { namespace } = await daemon.ok('red', 'PUT', '/v1/claims/red.s', slice)
  expect([namespace, (await usageOf(daemon)).bytes]).toEqual(['red.pool', 8 * MIB])
})

test('the kind of media and the region have limits of their own, and so has growth', async () => {
  const daemon = await startTenantDaemon({ red: { bytes_by_region: { 0: '8MiB' } } })
  const body = { name: 'red.n', region: 0, size: 6 * MIB, enabled: false }
  await daemon.ok('red', 'POST', '/v1/namespaces', body)
  const grow = (size: number) => daemon.ask('red', 'PATCH', '/v1/namespaces/red.n', { size })
  const refused = await grow(10 * MIB)
  expect([refused.status, refused.body.code, refused.body.available_size]).toEqual([
    ...[507, 'quota_exhausted', 2 * MIB],
  ])
  expect((await grow(8 * MIB)).status).toBe(200)
  const elsewhere = { name: 'red.p', region: 1, size: 16 * MIB }
  expect((await daemon.ask('red', 'POST', '/v1/namespaces', elsewhere)).status).toBe(201)
})

test('what grows is counted while the host is still at it', async () => {
  const faults = join(mkdtempSync(join(tmpdir(), 'daxd-slow-')), 'faults.json')
  onTestFinished(() => rmSync(dirname(faults), { recursive: true }))
  const slowly = { operation: 'reshape', when: 'before', probability: 1, latency_ms: 1500 }
  writeFileSync(faults, JSON.stringify({ seed: 1, rules: [slowly] }))
  const daemon = await startTenantDaemon({ red: { bytes: '8MiB' } }, { faults })
  const pool = { name: 'pool', region: 0, size: 16 * MIB, pool: true }
  await daemon.ok('operator', 'POST', '/v1/namespaces', pool)
  const body = { name: 'red.n', region: 0, size: 2 * MIB, enabled: false }
  await daemon.ok('red', 'POST', '/v1/namespaces', body)
  const grown = daemon.ask('red', 'PATCH', '/v1/namespaces/red.n', { size: 8 * MIB })
  await expect.poll(async () => (await usageOf(daemon)).bytes).toBe(8 * MIB)
  const slice = { ...DEDICATED, sharing: 'slice' }
  const late = await daemon.ask('red', 'PUT', '/v1/claims/red.s', slice)
  expect([late.status, late.body.code]).toEqual([507, 'quota_exhausted'])
  expect((await grown).status).toBe(200)
  expect((await usageOf(daemon)).bytes).toBe(8 * MIB)
})

test('objects are counted one by one, in batches too, and lent back when they go', async () => {
  const counts = { handles: 3, mappings: 5, leases: 2, namespaces: 1, claims: 0 }
  const daemon = await startTenantDaemon({ red: { counts } })
  const body = { name: 'red.n', region: 0, size: 64 * MIB }
  const { chardev } = await daemon.ok('red', 'POST', '/v1/namespaces', body)
  const many = (method: string, path: string, what: object) =>
    outcomes(Array.from({ length: 12 }, () => daemon.ask('red', method, path, what)))
  const only = (given: number) => ({ given, codes: ['quota_exhausted'] })
  expect(await many('POST', `/v1/devices/${chardev}/handles`, { holder: 'h' })).toEqual(only(3))
  expect(await many('POST', '/v1/leases', { holder: 'h', ttl_ms: 600_000 })).toEqual(only(2))
  const { items } = await daemon.ok('red', 'GET', '/v1/handles')
  const map = { op: 'map', handle: items[0].id, length: 2 * MIB }
  const { results } = await daemon.ok('red', 'POST', '/v1/batch', {
    operations: Array.from({ length: 12 }, () => map),
  })
  const statuses = results.map(({ status }: { status: number }) => status)
  expect(statuses.filter((status: number) => status === 201).length).toBe(5)
  expect(await many('PUT', '/v1/claims/red.c', DEDICATED)).toEqual(only(0))
  await daemon.ok('red', 'DELETE', `/v1/mappings/${results[0].result.id}`)
  // It is counted until its bytes are wiped, as a tenant's are unless an admin says otherwise.
  const left = async () => (await usageOf(daemon)).counts
  await expect.poll(left, { timeout: 10_000 }).toEqual({ ...counts, mappings: 4 })
})

test('a share that bears the name of a tenant is its reservation: nobody else takes of it', async () => {
  const daemon = await startTenantDaemon()
  const { items } = await daemon.ok('operator', 'GET', '/v1/regions')
  const { id, available_size: free } = items[0]
  const shares = { red: free - 16 * MIB }
  await daemon.ok('operator', 'PATCH', `/v1/regions/${id}`, { shares })
  const take = (who: 'red' | 'blue', size: number) =>
    daemon.ask(who, 'POST', '/v1/namespaces', { name: `${who}.n`, region: id, size })
  expect((await take('blue', 18 * MIB)).body.code).toBe('no_space')
  expect((await take('blue', 16 * MIB)).status).toBe(201)
  expect((await take('red', free - 16 * MIB)).status).toBe(201)
})

test('a tenant that is deleted loses all that it has, and its name is free', async () => {
  const daemon = await startTenantDaemon()
  const { chardev } = await daemon.ok('red', 'POST', '/v1/namespaces', {
    ...{ name: 'red.n', region: 0, size: 8 * MIB },
  })
  const path = `/v1/devices/${chardev}/handles`
  const handle = await daemon.ok('red', 'POST', path, { holder: 'h' })
  await daemon.ok('red', 'POST', '/v1/mappings', { handle: handle.id, length: 2 * MIB })
  await daemon.ok('red', 'PUT', '/v1/claims/red.c', DEDICATED)
  await daemon.ok('red', 'POST', '/v1/leases', { holder: 'h', ttl_ms: 600_000 })
  const refused = await daemon.ask('admin', 'DELETE', '/v1/tenants/red')
  expect([refused.status, refused.body.code]).toEqual([409, 'tenant_busy'])
  await daemon.ok('admin', 'DELETE', '/v1/tenants/red?if_busy=revoke')
  for (const list of ['namespaces', 'claims', 'leases', 'handles', 'mappings']) {
    expect([list, (await daemon.ok('admin', 'GET', `/v1/${list}`)).items]).toEqual([list, []])
  }
  const late = await daemon.ask('red', 'PUT', '/v1/claims/red.c', DEDICATED)
  expect([late.status, late.body.code]).toEqual([403, 'tenant_unknown'])
})
