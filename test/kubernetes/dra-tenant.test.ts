/** The driver with no more rights than it needs: those of a tenant that is called as its share. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import type { ClaimView } from '../../schemas/claim.ts'
import { createToken } from '../../src/identity/token-file.ts'
import { createDaxdClient } from '../../src/kubernetes/daxd-client.ts'
import { namespaceDeviceName } from '../../src/kubernetes/device-names.ts'
import { watchHost } from '../../src/kubernetes/host-changes.ts'
import { type DraStage, MIB, soon, startDraStage } from './start-dra-stage.ts'

const TENANT = '/v1/tenants/kubernetes'
const TOKEN_SEEN_MS = 300
/** More than one page of events. */
const PAIRS_OF_OTHERS = 700

/** A stage, and a file with the token of the tenant `kubernetes`. */
async function stageAsTenant(tenant: object | null) {
  const stage = await startDraStage()
  const wish = {
    name: 'dra',
    role: 'tenant',
    tenant: 'kubernetes',
    lifeMs: null,
    note: '',
  } as const
  const tokenFile = join(stage.directory, 'token')
  writeFileSync(tokenFile, createToken(join(stage.directory, 'state'), wish).text)
  await sleep(TOKEN_SEEN_MS)
  if (tenant !== null) await stage.daxd.call({ method: 'PUT', path: TENANT, body: tenant })
  return { stage, tokenFile }
}

async function recordsOf(stage: DraStage) {
  const all = await stage.daxd.list<ClaimView>('/v1/claims')
  return all.map(({ tenant, wipe, share, size }) => ({ tenant, wipe, share, size }))
}

const OF_PODS = { name_prefix: 'k8s-', wipe: 'on_release', quota: { bytes: 32 * MIB } }

test('Prepare, Unprepare and the sweep need nothing but a tenant, and stay within its quota', async () => {
  const { stage, tokenFile } = await stageAsTenant(OF_PODS)
  const body = { size: 16 * MIB, sharing: 'dedicated', holder: 'h' }
  await stage.daxd.call({ method: 'PUT', path: '/v1/claims/of-the-host', body })
  await stage.startDriver({ tokenFile, sweepIntervalMs: 50, orphanGraceMs: 0 })
  const one = stage.claim('one', { results: [{ size: '20Mi' }] })
  expect((await stage.kubelet.prepare(one))[one.uid]?.error).toBe('')
  const record = { tenant: 'kubernetes', wipe: 'on_release', share: 'kubernetes', size: 20 * MIB }
  expect(await recordsOf(stage)).toContainEqual(record)
  const two = stage.claim('two', { results: [{ size: '20Mi' }] })
  const refused = (await stage.kubelet.prepare(two))[two.uid]?.error
  expect(refused).toMatch(/^daxd: Tenant kubernetes has 12 MiB .*raise the quota/)
  expect(await stage.kubelet.unprepare(one)).toEqual({ [one.uid]: { error: '' } })
  await soon(async () => (await recordsOf(stage)).map(({ tenant }) => tenant), [null])
  await expect
    .poll(async () => (await stage.kubelet.prepare(two))[two.uid]?.error, { timeout: 30_000 })
    .toBe('')
})

test('a whole namespace is handed out when it is made for the tenant', async () => {
  const { stage, tokenFile } = await stageAsTenant({ name_prefix: 'k8s-' })
  await stage.startDriver({ tokenFile })
  const pool = { region: 1, size: 32 * MIB, pool: true }
  const made = { ...pool, name: 'k8s-big', tenant: 'kubernetes' }
  for (const body of [made, { ...pool, name: 'hosts' }]) {
    await stage.daxd.call({ method: 'POST', path: '/v1/namespaces', body })
  }
  const [own, hosts] = ['k8s-big', 'hosts'].map((name) =>
    stage.claim(name, { results: [{ device: namespaceDeviceName(name), size: null }] }),
  )
  const answers = await stage.kubelet.prepare(own!, hosts!)
  expect(answers[own!.uid]?.error).toBe('')
  expect(answers[hosts!.uid]?.error).toMatch(/no device .* any more/)
})

test.each([
  ['is not defined', null],
  ['has another prefix', { name_prefix: 'pods-' }],
])('a tenant that %s is told with what to do', async (_what, tenant) => {
  const { stage, tokenFile } = await stageAsTenant(tenant)
  await stage.startDriver({ tokenFile })
  const one = stage.claim('one')
  expect((await stage.kubelet.prepare(one))[one.uid]?.error).toMatch(/name_prefix k8s-/)
})

test('changes of regions and of its own are told, however much others do before', async () => {
  const { stage, tokenFile } = await stageAsTenant({ name_prefix: 'k8s-' })
  const daxd = createDaxdClient({ address: stage.daxdAddress, tokenFile })
  const ending = new AbortController()
  let changes = 0
  const log = pino({ level: 'silent' })
  const changed = (): void => {
    changes += 1
  }
  const watching = watchHost({ daxd, log, since: 0, changed }, ending.signal)
  onTestFinished(async () => {
    ending.abort()
    await watching
    daxd.close()
  })
  expect(await daxd.get('/v1/whoami')).toMatchObject({ tenant: 'kubernetes' })
  const body = { name: 'hosts', region: 0, size: 2 * MIB }
  const { body: made } = await stage.daxd.call({ method: 'POST', path: '/v1/namespaces', body })
  const { chardev } = made as { chardev: string }
  const pair = (at: number) => [
    { op: 'open', chardev, holder: 'h' },
    { op: 'close', id: `#${2 * at}` },
  ]
  for (const count of [PAIRS_OF_OTHERS / 2, PAIRS_OF_OTHERS / 2]) {
    const operations = Array.from({ length: count }, (_, at) => pair(at)).flat()
    await stage.daxd.call({ method: 'POST', path: '/v1/batch', body: { operations } })
  }
  await sleep(2500)
  const before = changes
  const share = { shares: { kubernetes: 128 * MIB } }
  await stage.daxd.call({ method: 'PATCH', path: '/v1/regions/0', body: share })
  await expect.poll(() => changes, { timeout: 10_000 }).toBeGreaterThan(before)
})
