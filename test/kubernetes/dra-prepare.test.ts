import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { ClaimView } from '../../schemas/claim.ts'
import { recordName } from '../../src/kubernetes/claim-records.ts'
import { namespaceDeviceName } from '../../src/kubernetes/device-names.ts'
import {
  CLAIMS,
  DRIVER,
  type DraStage,
  MIB,
  NODE,
  SHARE_SIZE,
  soon,
  startDraStage,
} from './start-dra-stage.ts'

const SHARE_A = '11111111-1111-4111-8111-111111111111'
const SHARE_B = '22222222-2222-4222-8222-222222222222'
const API = { apiVersion: 'daxd.io/v1', kind: 'DaxParameters' }

function said(source: string, parameters: object, requests: string[] = [], driver = DRIVER) {
  return { source, requests, opaque: { driver, parameters } }
}

async function recordOf(stage: DraStage, uid: string): Promise<ClaimView> {
  const all = await stage.daxd.list<ClaimView>('/v1/claims')
  const found = all.find(({ name }) => name.startsWith(`k8s-${uid}-`))
  if (found === undefined) throw new Error(`daxd has nothing for ${uid}`)
  return found
}

test('Prepare claims the memory at daxd and answers its CDI name, repeated or not', async () => {
  const stage = await startDraStage()
  await stage.startDriver()
  const triple = stage.claim('one', { results: [{ size: '20Mi', shareID: SHARE_A }] })
  const first = await stage.kubelet.prepare(triple)
  const record = await recordOf(stage, triple.uid)
  const key = { request: 'memory', pool: NODE, device: 'region0', shareId: SHARE_A }
  expect(record).toMatchObject({
    name: recordName(triple.uid, key),
    state: 'active',
    size: 20 * MIB,
    length: 20 * MIB,
    sharing: 'dedicated',
    share: 'kubernetes',
    wipe: 'on_release',
    holder: `kubernetes/team/one/${triple.uid}`,
    labels: {
      'daxd.io/driver': DRIVER,
      'daxd.io/node': NODE,
      'daxd.io/claim-uid': triple.uid,
      'daxd.io/claim-namespace': 'team',
      'daxd.io/claim-name': 'one',
      'daxd.io/request': 'memory',
      'daxd.io/device': 'region0',
    },
  })
  const answer = {
    devices: [
      {
        request_names: ['memory'],
        pool_name: NODE,
        device_name: 'region0',
        cdi_device_ids: [record.cdi_device],
        share_id: SHARE_A,
      },
    ],
    error: '',
  }
  expect(first).toEqual({ [triple.uid]: answer })
  expect(readdirSync(join(stage.directory, 'cdi'))).toHaveLength(1)
  const again = await Promise.all(Array.from({ length: 6 }, () => stage.kubelet.prepare(triple)))
  expect(new Set(again.map((one) => JSON.stringify(one)))).toEqual(new Set([JSON.stringify(first)]))
  expect(await stage.records()).toEqual([{ name: record.name, state: 'active' }])
})

test('a kubelet that knows v1beta1 only is served the same, without share ids', async () => {
  const stage = await startDraStage({ draVersions: ['v1beta1'] })
  await stage.startDriver()
  const triple = stage.claim('old', { results: [{ shareID: SHARE_A }] })
  const answer = await stage.kubelet.prepare(triple)
  const { cdi_device } = await recordOf(stage, triple.uid)
  expect(answer[triple.uid]).toEqual({
    devices: [
      {
        request_names: ['memory'],
        pool_name: NODE,
        device_name: 'region0',
        cdi_device_ids: [cdi_device],
      },
    ],
    error: '',
  })
  expect(await stage.kubelet.unprepare(triple)).toEqual({ [triple.uid]: { error: '' } })
})

test('each device of a claim gets memory of its own; others’ devices are passed over', async () => {
  const stage = await startDraStage()
  await stage.startDriver()
  const many = stage.claim('many', {
    results: [
      { request: 'data', shareID: SHARE_A },
      { request: 'data', shareID: SHARE_B },
      { request: 'any/small', size: '2Mi', shareID: SHARE_A },
      { request: 'gpu', driver: 'gpu.example.com', size: null },
    ],
  })
  const none = stage.claim('none', { results: [{ driver: 'gpu.example.com', size: null }] })
  const answer = await stage.kubelet.prepare(many, none)
  const devices = answer[many.uid]?.devices ?? []
  expect(devices.map(({ request_names, share_id }) => [request_names, share_id])).toEqual([
    [['data'], SHARE_A],
    [['data'], SHARE_B],
    [['any'], SHARE_A],
  ])
  expect(new Set(devices.map(({ cdi_device_ids }) => cdi_device_ids[0])).size).toBe(3)
  expect(answer[none.uid]).toEqual({ devices: [], error: '' })
  expect((await stage.records()).map(({ state }) => state)).toEqual(['active', 'active', 'active'])
})

test('every claim asked for is answered, those that cannot be prepared with the reason', async () => {
  const stage = await startDraStage()
  await stage.startDriver()
  const good = stage.claim('good')
  const gone = { namespace: 'team', name: 'gone', uid: 'uid-gone' }
  const pending = stage.claim('pending', { results: null })
  const replaced = { ...stage.claim('replaced'), uid: 'uid-before' }
  const elsewhere = stage.claim('elsewhere', { results: [{ pool: 'node-b' }] })
  const sizeless = stage.claim('sizeless', { results: [{ size: null }] })
  const admin = stage.claim('admin', { results: [{ adminAccess: true }] })
  const unknown = stage.claim('unknown', { results: [{ device: 'ns-missing' }] })
  const badSize = stage.claim('bad-size', { results: [{ size: '0' }] })
  const all = [good, gone, pending, replaced, elsewhere, sizeless, admin, unknown, badSize]
  const answer = await stage.kubelet.prepare(...all)
  const errorOf = ({ uid }: { uid: string }) => answer[uid]?.error
  expect(Object.keys(answer).sort()).toEqual(all.map(({ uid }) => uid).sort())
  expect(errorOf(good)).toBe('')
  expect(errorOf(gone)).toBe('ResourceClaim team/gone is gone.')
  expect(errorOf(pending)).toBe('ResourceClaim team/pending is not allocated.')
  expect(errorOf(replaced)).toContain('is another by now')
  expect(errorOf(elsewhere)).toContain('pool node-b')
  expect(errorOf(sizeless)).toContain('DRAConsumableCapacity')
  expect(errorOf(admin)).toContain('adminAccess')
  expect(errorOf(unknown)).toBe('This node has no device ns-missing any more.')
  expect(errorOf(badSize)).toContain('with a size that is none: 0')
  expect(await stage.records()).toHaveLength(1)
})

test('opaque parameters count, the claim’s over the class’s, and only where they apply', async () => {
  const stage = await startDraStage()
  await stage.startDriver()
  const triple = stage.claim('said', {
    config: [
      said('FromClaim', { ...API, wipe: 'none', access: 'ro' }),
      said('FromClass', { ...API, wipe: 'on_release', align: '2Mi' }),
      said('FromClaim', { ...API, sharing: 'slice' }, ['other']),
      said('FromClaim', { whatever: 1 }, [], 'gpu.example.com'),
    ],
  })
  const answer = await stage.kubelet.prepare(triple)
  expect(answer[triple.uid]?.error).toBe('')
  expect(await recordOf(stage, triple.uid)).toMatchObject({
    wipe: 'none',
    access: 'ro',
    align: 2 * MIB,
    sharing: 'dedicated',
  })
})

test('an owner of the node is daxd’s to give, and an emulated host says why it does not', async () => {
  const stage = await startDraStage()
  await stage.startDriver()
  const owner = { uid: 1000, gid: 1000, mode: '0660' }
  const config = [said('FromClass', { ...API, owner }, ['memory'])]
  const triple = stage.claim('owned', { config })
  expect((await stage.kubelet.prepare(triple))[triple.uid]?.error).toMatch(
    /whose owner and mode stay as they are/,
  )
})

test('parameters that are not understood are refused, and the event says what is taken', async () => {
  const stage = await startDraStage()
  await stage.startDriver()
  const put = (name: string, parameters: object) =>
    stage.claim(name, { config: [said('FromClaim', parameters)] })
  const key = put('key', { ...API, alignment: '2Mi' })
  const kind = put('kind', { align: '2Mi' })
  const align = put('align', { ...API, align: '3Mi' })
  const huge = put('huge', { ...API, align: '1Gi' })
  const answer = await stage.kubelet.prepare(key, kind, align, huge)
  expect(answer[key.uid]?.error).toMatch(/alignment.*They take apiVersion daxd.io\/v1/)
  expect(answer[kind.uid]?.error).toMatch(/apiVersion/)
  expect(answer[align.uid]?.error).toMatch(/align: must be 4Ki, 2Mi or 1Gi/)
  expect(answer[huge.uid]?.error).toMatch(/16777216 bytes, which is no multiple of the align/)
  expect(await stage.records()).toEqual([])
})

test('a full share is told with what to do, and the next try succeeds once there is room', async () => {
  const stage = await startDraStage()
  await stage.startDriver()
  const half = `${SHARE_SIZE / MIB / 2}Mi`
  const [a, b, c] = ['a', 'b', 'c'].map((name) => stage.claim(name, { results: [{ size: half }] }))
  const answer = await stage.kubelet.prepare(a!, b!)
  expect([answer[a!.uid]?.error, answer[b!.uid]?.error]).toEqual(['', ''])
  const full = (await stage.kubelet.prepare(c!))[c!.uid]
  expect(full?.devices).toEqual([])
  expect(full?.error).toMatch(
    /^daxd: No region can take the request. \(\/regions\/0: Share kubernetes/,
  )
  expect(full?.error).toContain(') The pod stays where it is: delete it, so that it is scheduled')
  await stage.kubelet.unprepare(a!)
  await expect
    .poll(async () => (await stage.kubelet.prepare(c!))[c!.uid]?.error, { timeout: 30_000 })
    .toBe('')
})

test('a whole namespace is one pod’s at a time, and must have been made for it', async () => {
  const stage = await startDraStage()
  await stage.startDriver()
  for (const [name, pool] of [
    ['Static_1', true],
    ['solo', false],
  ] as const) {
    const body = { name, region: 1, size: 32 * MIB, pool }
    await stage.daxd.call({ method: 'POST', path: '/v1/namespaces', body })
  }
  const device = namespaceDeviceName('Static_1')
  const mine = stage.claim('mine', { results: [{ device, size: null }] })
  const second = stage.claim('second', { results: [{ device, size: null }] })
  const solo = stage.claim('solo', { results: [{ device: 'ns-solo', size: null }] })
  const answer = await stage.kubelet.prepare(mine)
  expect(answer[mine.uid]?.error).toBe('')
  const { namespace, sharing, offset, length } = await recordOf(stage, mine.uid)
  const [{ size } = { size: 0 }] = (
    await stage.daxd.list<{ size: number; namespace: string }>('/v1/devices')
  ).filter((one) => one.namespace === 'Static_1')
  expect({ namespace, sharing, offset, length }).toEqual({
    namespace: 'Static_1',
    sharing: 'slice',
    offset: 0,
    length: size,
  })
  const refused = await stage.kubelet.prepare(second, solo)
  expect(refused[second.uid]?.error).toMatch(/largest .*hole is 0 bytes/)
  expect(refused[solo.uid]?.error).toMatch(/"pool": true/)
  expect(await stage.kubelet.unprepare(mine)).toEqual({ [mine.uid]: { error: '' } })
  await expect
    .poll(async () => (await stage.kubelet.prepare(second))[second.uid]?.error, { timeout: 30_000 })
    .toBe('')
})

test('a daxd without CDI is told as what it is', async () => {
  const stage = await startDraStage({ cdi: false })
  await stage.startDriver()
  const triple = stage.claim('one')
  const answer = await stage.kubelet.prepare(triple)
  expect(answer[triple.uid]?.error).toMatch(/daxd gives no CDI devices.*--cdi-dir/)
})

test('a kubelet’s repeat succeeds when the API server, then daxd, is back', async () => {
  const stage = await startDraStage()
  await stage.startDriver({ daxdTimeoutMs: 2_000 })
  const triple = stage.claim('one')
  stage.apiserver.failNext(403)
  expect((await stage.kubelet.prepare(triple))[triple.uid]?.error).toMatch(
    /^ResourceClaim team\/one cannot be read from the API server/,
  )
  await stage.stopDaxd()
  expect((await stage.kubelet.prepare(triple))[triple.uid]?.error).toMatch(
    /^daxd does not answer at unix:.*Is the daxd pod of this node running\?/,
  )
  await stage.startDaxd()
  await soon(async () => (await stage.kubelet.prepare(triple))[triple.uid]?.error, '')
  expect(stage.apiserver.requests.at(-1)).toBe(`GET ${CLAIMS}/one`)
})
