/** Who asked for what was not theirs can be told afterwards, though they were told nothing. */
import { expect, test } from 'vitest'
import { startTenantDaemon, type TenantDaemon } from './support/tenant-daemon.ts'

const MIB = 2 ** 20
const CLAIM = { size: 2 * MIB, sharing: 'dedicated', holder: 'pod' }
const SOON = { timeout: 10_000 }

interface Refused {
  readonly outcome: string
  readonly call: string
  readonly actor: { readonly name: string }
  readonly object: { readonly kind: string; readonly id: string } | null
  readonly tenant: string | null
  readonly why: { readonly code: string; readonly withheld?: boolean }
}

async function refusals(daemon: TenantDaemon, query = ''): Promise<readonly Refused[]> {
  const { items } = await daemon.ok('admin', 'GET', `/v1/audit?limit=1000${query}`)
  return items.filter(({ outcome }: Refused) => outcome === 'refused')
}

test('what is told not to be there is written down with what it is and whose', async () => {
  const daemon = await startTenantDaemon()
  const lease = await daemon.ok('blue', 'POST', '/v1/leases', { holder: 'pod', ttl_ms: 600_000 })
  const claim = await daemon.ok('blue', 'PUT', '/v1/claims/blue.c', CLAIM)
  const { chardev, handle, mapping } = claim
  const attempts = [
    ['GET', '/v1/claims/blue.c', undefined, 'claim/blue.c'],
    ['DELETE', '/v1/claims/blue.c?if_busy=revoke', undefined, 'claim/blue.c'],
    ['POST', `/v1/devices/${chardev}/handles`, { holder: 'x' }, `device/${chardev}`],
    ['POST', '/v1/mappings?dry_run=true', { handle, length: 2 * MIB }, `handle/${handle}`],
    ['GET', `/v1/mappings/${mapping}/translate?offset=0`, undefined, `mapping/${mapping}`],
    ['POST', `/v1/leases/${lease.id}/renew`, {}, `lease/${lease.id}`],
    ['GET', '/v1/tenants/blue', undefined, 'tenant/blue'],
    [
      'POST',
      '/v1/batch',
      { atomic: true, operations: [{ op: 'close', id: handle }] },
      `handle/${handle}`,
    ],
    ['POST', '/v1/batch', { operations: [{ op: 'unmap', id: mapping }] }, `mapping/${mapping}`],
  ] as const
  for (const [method, path, body] of attempts) await daemon.ask('red', method, path, body)
  const told = async () =>
    (await refusals(daemon)).map(({ actor, call, object, tenant, why }) => [
      ...[actor.name, call.split(' ')[0], `${object?.kind}/${object?.id}`, tenant, why.withheld],
    ])
  const wanted = attempts.map(([method, , , object]) => ['red', method, object, 'blue', true])
  await expect.poll(told, SOON).toEqual(wanted)
  expect(await refusals(daemon, '&tenant=blue')).toHaveLength(attempts.length)
  expect(await refusals(daemon, '&object=claim/blue.c')).toHaveLength(2)
  const { whole } = await daemon.ok('admin', 'GET', '/v1/audit/verify')
  expect(whole).toBe(true)
})

test('so are names, owners and shares of others, and wipes that only an admin may cancel', async () => {
  const daemon = await startTenantDaemon()
  const attempts = [
    ['PUT', '/v1/claims/blue.c', CLAIM, 'forbidden_name'],
    ['PUT', '/v1/claims/blue.c?dry_run=true', CLAIM, 'forbidden_name'],
    ['PUT', '/v1/claims/red.c', { ...CLAIM, tenant: 'blue' }, 'forbidden'],
    ['PUT', '/v1/claims/red.c', { ...CLAIM, share: 'blue' }, 'forbidden'],
    ['PUT', '/v1/tenants/red', {}, 'forbidden'],
  ] as const
  for (const [method, path, body] of attempts) await daemon.ask('red', method, path, body)
  const codes = async () => (await refusals(daemon)).map(({ why }) => why)
  await expect.poll(codes, SOON).toEqual(attempts.map(([, , , code]) => ({ code })))
})

test('what is not there for anybody, or is refused for another reason, is no lack of rights', async () => {
  const daemon = await startTenantDaemon({ red: { counts: { claims: 0 } } })
  await daemon.ask('red', 'GET', '/v1/claims/red.none')
  await daemon.ask('red', 'PUT', '/v1/claims/red.c', CLAIM)
  await daemon.ask('red', 'GET', '/v1/nowhere')
  await daemon.ask('red', 'POST', '/v1/batch', { operations: [{ op: 'close', id: 'h-none' }] })
  await daemon.ask('red', 'GET', '/v1/host')
  await expect.poll(async () => (await refusals(daemon)).length, SOON).toBe(1)
})
