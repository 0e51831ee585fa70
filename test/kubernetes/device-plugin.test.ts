import { expect, it, onTestFinished } from 'vitest'
import { createDaxdClient } from '../../src/kubernetes/daxd-client.ts'
import { startDevicePlugin } from '../../src/kubernetes/device-plugin.ts'
import { chunkIds, parseChunkResource } from '../../src/kubernetes/device-plugin-resource.ts'
import { eventually, MIB } from '../contract/stage.ts'
import { mmapRead, mmapWrite } from '../support/mmap-child.ts'
import { startTestDaemon, type TestDaemon } from '../support/start-test-daemon.ts'
import {
  createScriptedPluginKubelet,
  type ScriptedPluginKubelet,
} from './scripted-plugin-kubelet.ts'

const RESOURCE = 'daxd.io/dax-4m'
const SHARE = 'kubernetes'

interface Started {
  readonly api: TestDaemon
  readonly kubelet: ScriptedPluginKubelet
  /** Another plugin on the same node, as after a restart. */
  again(): { stop(): Promise<void> }
  stop(): Promise<void>
}

/** A daemon with a share of 16 MiB, a plugin that offers 4 chunks of 4 MiB, and no kubelet yet. */
async function start(options: { shareBytes?: number; graceMs?: number } = {}): Promise<Started> {
  const api = await startTestDaemon()
  const shares = { [SHARE]: options.shareBytes ?? 16 * MIB }
  await api.ok('patch', '/v1/regions/0', 200, { body: { shares } })
  const kubelet = createScriptedPluginKubelet()
  const daxd = createDaxdClient({ address: api.url, timeoutMs: 5_000 })
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  function again() {
    const plugin = startDevicePlugin({
      daxd,
      nodeName: 'node-a',
      share: SHARE,
      log,
      resources: [parseChunkResource(`${RESOURCE}=4MiB:4`)],
      kubeletDirectory: kubelet.directory,
      cdi: false,
      listIntervalMs: 100,
      lookIntervalMs: 100,
      releaseIntervalMs: 100,
      releaseGraceMs: options.graceMs ?? 60_000,
    })
    let stopping: Promise<void> | null = null
    const stop = (): Promise<void> => {
      stopping ??= plugin.stop()
      return stopping
    }
    onTestFinished(stop)
    return { stop }
  }
  onTestFinished(() => daxd.close())
  return { api, kubelet, again, ...again() }
}

function healthOf(kubelet: ScriptedPluginKubelet): string {
  return kubelet
    .listOf(RESOURCE)
    .map(({ health }) => health[0])
    .join('')
}

function health(kubelet: ScriptedPluginKubelet, wanted: string): Promise<string> {
  return eventually(
    async () => healthOf(kubelet),
    (found) => found === wanted,
  )
}

async function claims(api: TestDaemon) {
  return (await api.get('/v1/claims')).items
}

it('registers with the kubelet and lists as many chunks as it was told to', async () => {
  const { kubelet } = await start()
  await kubelet.start()
  await health(kubelet, 'HHHH')
  expect(kubelet.registrations).toEqual([
    {
      version: 'v1beta1',
      endpoint: 'daxd.io_dax-4m.sock',
      resource_name: RESOURCE,
      options: { pre_start_required: false, get_preferred_allocation_available: true },
    },
  ])
  expect(kubelet.listOf(RESOURCE)[0]).toMatchObject({
    ID: 'dax-4m-0',
    topology: { nodes: [{ ID: 0 }] },
  })
  const plugin = kubelet.plugin(RESOURCE)
  expect(await plugin.call('GetDevicePluginOptions', {}, 30_000)).toEqual({
    pre_start_required: false,
    get_preferred_allocation_available: true,
  })
  expect(await plugin.call('PreStartContainer', {}, 30_000)).toEqual({})
})

it('registers anew whenever a kubelet has started, which removes the sockets first', async () => {
  const { kubelet } = await start()
  await kubelet.start()
  await health(kubelet, 'HHHH')
  await kubelet.stop()
  await kubelet.start()
  await health(kubelet, 'HHHH')
  expect(kubelet.registrations.length).toBe(2)
})

it('gives each chunk memory of its own, of the share', async () => {
  const { api, kubelet } = await start()
  await kubelet.start()
  await health(kubelet, 'HHHH')
  const answer = await kubelet.allocate(RESOURCE, ['dax-4m-0', 'dax-4m-2'])
  const made = await claims(api)
  const paths = made.map(({ path }: { path: string }) => path)
  expect(answer.container_responses[0]).toMatchObject({
    envs: { DAXD_DEVICES: paths.join(':') },
    mounts: paths.map((path: string) => ({
      container_path: path,
      host_path: path,
      read_only: false,
    })),
    devices: [],
    cdi_devices: [],
  })
  expect((await api.get('/v1/regions/0')).shares[SHARE]).toEqual({
    size: 16 * MIB,
    used: 8 * MIB,
    available: 8 * MIB,
  })
  await health(kubelet, 'HHHH')
})

it('never gives a container what the one before it has written', async () => {
  const { api, kubelet } = await start()
  await kubelet.start()
  await health(kubelet, 'HHHH')
  await kubelet.allocate(RESOURCE, ['dax-4m-0'])
  const [before] = await claims(api)
  mmapWrite(before.path, 'secret', 0)
  await kubelet.allocate(RESOURCE, ['dax-4m-0'])
  const [after, ...others] = await claims(api)
  expect(others).toEqual([])
  expect(after.name).not.toBe(before.name)
  expect(mmapRead(after.path, 6, 0)).toBe('\0'.repeat(6))
})

it('gives back what no pod has any more, and only that', async () => {
  const { api, kubelet } = await start({ graceMs: 0 })
  await kubelet.start()
  await health(kubelet, 'HHHH')
  kubelet.inUse = { [RESOURCE]: ['dax-4m-0', 'dax-4m-1'] }
  await kubelet.allocate(RESOURCE, ['dax-4m-0', 'dax-4m-1'])
  kubelet.inUse = { [RESOURCE]: ['dax-4m-1'] }
  const left = await eventually(
    () => claims(api),
    (found) => found.length === 1,
  )
  expect(left[0].labels).toMatchObject({ 'daxd.io/chunk': 'dax-4m-1' })
})

it('gives nothing back while the kubelet does not say what pods have', async () => {
  const { api, kubelet, again, stop } = await start({ graceMs: 0 })
  await kubelet.start()
  await health(kubelet, 'HHHH')
  kubelet.inUse = { [RESOURCE]: ['dax-4m-0'] }
  await kubelet.allocate(RESOURCE, ['dax-4m-0'])
  await kubelet.stop()
  await stop()
  const next = again()
  await new Promise((resolve) => setTimeout(resolve, 500))
  expect((await claims(api)).length).toBe(1)
  await kubelet.start()
  await health(kubelet, 'HHHH')
  expect((await claims(api)).length).toBe(1)
  kubelet.inUse = {}
  await eventually(
    () => claims(api),
    (found) => found.length === 0,
  )
  await next.stop()
})

it('offers no more chunks than the share has room for, and refuses one beyond in words', async () => {
  const { api, kubelet } = await start({ shareBytes: 8 * MIB })
  await kubelet.start()
  await health(kubelet, 'HHUU')
  await kubelet.allocate(RESOURCE, ['dax-4m-3'])
  await health(kubelet, 'HUUH')
  await api.make('/v1/namespaces', { region: 0, size: 4 * MIB, share: SHARE })
  await health(kubelet, 'UUUH')
  const refused = kubelet.allocate(RESOURCE, ['dax-4m-0'])
  await expect(refused).rejects.toThrow(/delete pods that hold memory/)
  await expect(kubelet.allocate(RESOURCE, ['nobody'])).rejects.toThrow(/no device nobody/)
  expect((await claims(api)).length).toBe(1)
})

it('leaves nothing of a container whose chunks could not all be had', async () => {
  const { api, kubelet } = await start({ shareBytes: 8 * MIB })
  await kubelet.start()
  await health(kubelet, 'HHUU')
  await expect(
    kubelet.allocate(RESOURCE, chunkIds(parseChunkResource(`${RESOURCE}=4m:3`))),
  ).rejects.toThrow()
  await eventually(
    () => claims(api),
    (found) => found.length === 0,
  )
})

it('offers nothing while daxd is away', async () => {
  const { api, kubelet } = await start()
  await kubelet.start()
  await health(kubelet, 'HHHH')
  await api.close()
  await health(kubelet, 'UUUU')
})

it('prefers what must be in, then the chunks in their order', async () => {
  const { kubelet } = await start()
  await kubelet.start()
  await health(kubelet, 'HHHH')
  const request = {
    available_deviceIDs: ['dax-4m-3', 'dax-4m-1', 'dax-4m-2'],
    must_include_deviceIDs: ['dax-4m-3'],
    allocation_size: 2,
  }
  const answer = await kubelet
    .plugin(RESOURCE)
    .call('GetPreferredAllocation', { container_requests: [request] }, 30_000)
  expect(answer).toEqual({ container_responses: [{ deviceIDs: ['dax-4m-3', 'dax-4m-1'] }] })
})

it.each([
  'dax=1G:2',
  'daxd.io/dax=1.5G:2',
  'daxd.io/dax=1G',
  'daxd.io/dax=0:1',
  'daxd.io/dax=1G:0',
  'daxd.io/dax=1G:1025',
])('refuses the resource %s with a sentence', (text) =>
  expect(() => parseChunkResource(text)).toThrow(/--resource/),
)
