import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, openSync, readdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { DeviceHealth } from '../../src/kubernetes/dra-services.ts'
import { CLAIMS, type DraStage, MIB, NODE, soon, startDraStage } from './start-dra-stage.ts'

const OK = { error: '' }
/** The kubelet's own 45 s bound each call; what is waited for beyond is waited for this long. */
const SOON_MS = 40_000

test('Unprepare gives all back, with the claim gone, never heard of, or released before', async () => {
  const stage = await startDraStage()
  await stage.startDriver()
  const triple = stage.claim('one', { results: [{ request: 'a' }, { request: 'b' }] })
  const other = stage.claim('other')
  await stage.kubelet.prepare(triple, other)
  stage.apiserver.remove(CLAIMS, 'one')
  const unknown = { namespace: 'team', name: 'unknown', uid: 'uid-unknown' }
  expect(await stage.kubelet.unprepare(triple, unknown)).toEqual({
    [triple.uid]: OK,
    [unknown.uid]: OK,
  })
  expect(await stage.kubelet.unprepare(triple)).toEqual({ [triple.uid]: OK })
  await soon(async () => (await stage.records()).length, 1)
  expect((await stage.kubelet.prepare(other))[other.uid]?.error).toBe('')
  expect(readdirSync(join(stage.directory, 'cdi'))).toHaveLength(1)
})

test('a namesake of a released claim is another: its uid keeps the two apart', async () => {
  const stage = await startDraStage()
  await stage.startDriver()
  const before = stage.claim('same', { uid: 'uid-1' })
  const first = await stage.kubelet.prepare(before)
  const after = stage.claim('same', { uid: 'uid-2' })
  const second = await stage.kubelet.prepare(after)
  expect(second['uid-2']?.error).toBe('')
  expect(second['uid-2']?.devices[0]?.cdi_device_ids).not.toEqual(
    first['uid-1']?.devices[0]?.cdi_device_ids,
  )
  await stage.kubelet.unprepare(before)
  await soon(async () => (await stage.records()).map(({ name }) => name.slice(0, 9)), ['k8s-uid-2'])
})

test('Prepare and Unprepare of one claim at once end in one of the two, never between', async () => {
  const stage = await startDraStage()
  await stage.startDriver()
  const triple = stage.claim('busy', { results: [{ request: 'a' }, { request: 'b' }] })
  const { kubelet } = stage
  await Promise.all(
    Array.from({ length: 8 }, (_, turn) =>
      turn % 2 === 0 ? kubelet.prepare(triple) : kubelet.unprepare(triple),
    ),
  )
  await soon(async () => (await kubelet.unprepare(triple))[triple.uid], OK)
  await soon(() => stage.records(), [])
  await soon(async () => (await kubelet.prepare(triple))[triple.uid]?.devices.length, 2)
  expect((await stage.records()).map(({ state }) => state)).toEqual(['active', 'active'])
})

test('memory that a process still has mapped is not released, and the event names the process', async () => {
  const stage = await startDraStage()
  await stage.startDriver()
  const triple = stage.claim('held')
  await stage.kubelet.prepare(triple)
  const [claim] = await stage.daxd.list<{ path: string }>('/v1/claims')
  const child = spawn('sleep', ['600'], {
    stdio: [openSync(claim?.path ?? '', 'r+'), 'ignore', 'ignore'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const held = await stage.kubelet.unprepare(triple)
  expect(held[triple.uid]?.error).toContain(`held by pid ${child.pid} (sleep)`)
  expect(await stage.records()).toHaveLength(1)
  await ended(child, 'SIGKILL')
  await soon(async () => (await stage.kubelet.unprepare(triple))[triple.uid], OK)
})

test('a driver killed between effect and answer leaves nothing that its successor does not find', async () => {
  const stage = await startDraStage()
  const kubeconfig = writeKubeconfig(stage)
  const first = await startDriverProcess(stage, kubeconfig)
  const triple = stage.claim('one', { results: [{ request: 'a' }, { request: 'b' }] })
  const cut = stage.kubelet.prepare(triple).catch((error: Error) => error)
  // As soon as daxd has begun, whether or not the driver has heard of it.
  await expect
    .poll(async () => (await stage.records()).length, { timeout: SOON_MS, interval: 2 })
    .toBeGreaterThan(0)
  await ended(first, 'SIGKILL')
  await cut
  const sockets = () => readdirSync(join(stage.kubelet.directory, 'plugins_registry'))
  expect(sockets()).toHaveLength(1)
  const second = await startDriverProcess(stage, kubeconfig, 'another-pod')
  // Instances have names of their own, so the dead one's socket is there until it is swept.
  expect(sockets()).toHaveLength(1)
  const answer = await stage.kubelet.prepare(triple)
  expect([answer[triple.uid]?.error, answer[triple.uid]?.devices.length]).toEqual(['', 2])
  expect((await stage.records()).map(({ state }) => state)).toEqual(['active', 'active'])
  expect(await stage.kubelet.unprepare(triple)).toEqual({ [triple.uid]: OK })
  await soon(() => stage.records(), [])
  await ended(second, 'SIGTERM')
  expect(sockets()).toEqual([])
})

test('a pod deleted while the driver is down: Unprepare after its return releases', async () => {
  const stage = await startDraStage()
  const driver = await stage.startDriver()
  const triple = stage.claim('one')
  await stage.kubelet.prepare(triple)
  await driver.stop()
  await expect(stage.kubelet.unprepare(triple)).rejects.toMatchObject({ code: 14 })
  stage.apiserver.remove(CLAIMS, 'one')
  await stage.startDriver()
  expect(await stage.kubelet.unprepare(triple)).toEqual({ [triple.uid]: OK })
  await soon(() => stage.records(), [])
})

test('the sweep releases what no ResourceClaim stands for, after the grace time and not before', async () => {
  const stage = await startDraStage()
  const driver = await stage.startDriver()
  const kept = stage.claim('kept')
  const gone = stage.claim('gone')
  const renamed = stage.claim('renamed', { uid: 'uid-old' })
  const moved = stage.claim('moved')
  const freed = stage.claim('freed')
  await stage.kubelet.prepare(kept, gone, renamed, moved, freed)
  await stage.daxd.call({
    method: 'PUT',
    path: '/v1/claims/somebody-elses',
    body: { size: MIB * 2, sharing: 'dedicated', holder: 'another' },
  })
  await driver.stop()
  stage.apiserver.remove(CLAIMS, 'gone')
  stage.claim('renamed', { uid: 'uid-new' })
  stage.claim('moved', { results: [{ pool: 'node-b' }] })
  stage.claim('freed', { results: null })

  const patient = await stage.startDriver({ sweepIntervalMs: 20, orphanGraceMs: 600_000 })
  const sweeps = () => stage.apiserver.requests.filter((one) => one.endsWith('/kept')).length
  await expect.poll(sweeps, { timeout: SOON_MS }).toBeGreaterThan(5)
  expect(await stage.records()).toHaveLength(6)
  await patient.stop()

  await stage.startDriver({ sweepIntervalMs: 20, orphanGraceMs: 100 })
  await soon(
    async () => (await stage.records()).map(({ name }) => name).sort(),
    [
      (await stage.records()).find(({ name }) => name.includes(kept.uid))?.name ?? '',
      'somebody-elses',
    ],
  )
})

test('the sweep judges nothing while the API server gives no answer', async () => {
  const stage = await startDraStage()
  const driver = await stage.startDriver()
  await stage.kubelet.prepare(stage.claim('one'))
  await driver.stop()
  const failures = Array.from({ length: 20 }, () => 403)
  stage.apiserver.failNext(...failures)
  const before = stage.apiserver.requests.length
  await stage.startDriver({ sweepIntervalMs: 5, orphanGraceMs: 0 })
  await expect
    .poll(() => stage.apiserver.requests.length - before, { timeout: SOON_MS })
    .toBeGreaterThan(10)
  expect((await stage.records()).map(({ state }) => state)).toEqual(['active'])
})

test('registration tells a kubelet all it needs, and a restarted one finds the driver again', async () => {
  const stage = await startDraStage()
  const driver = await stage.startDriver()
  const plugin = {
    type: 'DRAPlugin',
    name: 'daxd.io',
    endpoint: driver.sockets.dra,
    supported_versions: [
      'v1.DRAPlugin',
      'v1beta1.DRAPlugin',
      'v1.DRAResourceHealth',
      'v1alpha1.DRAResourceHealth',
    ],
  }
  expect(stage.kubelet.registered).toEqual([plugin])
  const triple = stage.claim('one')
  const before = await stage.kubelet.prepare(triple)
  const calls = stage.kubeletCalls()
  stage.kubelet.restart()
  await soon(() => stage.kubelet.registered.length, 1)
  // GetInfo and NotifyRegistrationStatus: each time the slices may have to come back.
  expect(stage.kubeletCalls()).toBe(calls + 2)
  expect(await stage.kubelet.prepare(triple)).toEqual(before)
  await driver.stop()
  expect([driver.sockets.registration, driver.sockets.dra].map(existsSync)).toEqual([false, false])
})

test('two instances run side by side during an upgrade, and either serves what the other did', async () => {
  const stage = await startDraStage()
  const old = await stage.startDriver({ instance: 'pod-1' })
  const triple = stage.claim('one')
  const before = await stage.kubelet.prepare(triple)
  const next = await stage.startDriver({ instance: 'pod-2' })
  expect(next.sockets).not.toEqual(old.sockets)
  expect(await stage.kubelet.prepare(triple)).toEqual(before)
  await old.stop()
  expect(await stage.kubelet.unprepare(triple)).toEqual({ [triple.uid]: OK })
})

test.each(['v1', 'v1alpha1'] as const)(
  'the %s health stream sends whole lists: at once, and when daxd goes and comes back',
  async (version) => {
    const stage = await startDraStage()
    await stage.startDriver({ healthIntervalMs: 50, daxdTimeoutMs: 2_000 })
    const abort = new AbortController()
    onTestFinished(() => abort.abort())
    const lists = stage.kubelet.health(version, abort.signal)
    expect(summary(await nextList(lists))).toEqual([
      [NODE, 'region0', 'HEALTHY', 30],
      [NODE, 'region1', 'HEALTHY', 30],
    ])
    await stage.stopDaxd()
    const down = await nextList(lists)
    expect(summary(down).map(([, , health]) => health)).toEqual(['UNKNOWN', 'UNKNOWN'])
    expect(down[0]?.message).toMatch(/^daxd does not answer at unix:/)
    await stage.startDaxd()
    let last = down
    while (last[0]?.health !== 'HEALTHY') last = await nextList(lists)
    expect(summary(last)).toHaveLength(2)
  },
)

async function nextList(
  lists: AsyncGenerator<{ readonly devices: readonly DeviceHealth[] }>,
): Promise<readonly DeviceHealth[]> {
  const { value } = await lists.next()
  return value?.devices ?? []
}

function summary(devices: readonly DeviceHealth[]) {
  return devices.map(({ device, health, health_check_timeout_seconds: timeout }) => [
    device.pool_name,
    device.device_name,
    health,
    timeout,
  ])
}

function writeKubeconfig({ directory, apiserver }: DraStage): string {
  const path = join(directory, 'kubeconfig')
  const config = {
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u' } }],
    clusters: [{ name: 'c', cluster: { server: apiserver.url } }],
    users: [{ name: 'u', user: {} }],
  }
  writeFileSync(path, JSON.stringify(config))
  return path
}

/** `daxd dra` as it is run, until the kubelet has it. */
async function startDriverProcess(
  stage: DraStage,
  kubeconfig: string,
  instance = 'pod',
): Promise<ChildProcess> {
  const before = stage.kubelet.registered.length
  const main = resolve(import.meta.dirname, '../../src/main.ts')
  const flags = {
    daxd: stage.daxdAddress,
    'node-name': NODE,
    'kubelet-dir': stage.kubelet.directory,
    kubeconfig,
    instance,
  }
  const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value])
  const child = spawn(process.execPath, [main, 'dra', ...words], { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  await soon(() => stage.kubelet.registered.length, before + 1)
  return child
}

function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve())
    child.kill(signal)
  })
}
