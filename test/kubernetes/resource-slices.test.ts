import { expect, it, onTestFinished } from 'vitest'
import { createApiClient } from '../../src/kubernetes/api-client.ts'
import { LABELS } from '../../src/kubernetes/claim-records.ts'
import { createDaxdClient } from '../../src/kubernetes/daxd-client.ts'
import { createSlicePublisher } from '../../src/kubernetes/resource-slices.ts'
import { WHOLE_LABEL } from '../../src/kubernetes/slice-devices.ts'
import { eventually, GIB, MIB } from '../contract/stage.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { type ScriptedOptions, startScriptedApiserver } from './scripted-apiserver.ts'

const SLICES = '/apis/resource.k8s.io/v1/resourceslices'
const OWNER = { driverName: 'dax.daxd.io', nodeName: 'node-a' }
const SHARE = 'kubernetes'
/** Rounds follow each other at no less than 0.3 s: three times that is surely quiet. */
const QUIET_MS = 1_000

async function start(options: ScriptedOptions = {}) {
  const api = await startTestDaemon()
  const server = await startScriptedApiserver(options)
  server.put('/api/v1/nodes', { metadata: { name: OWNER.nodeName, uid: 'node-uid' } })
  const daxd = createDaxdClient({ address: api.url })
  const kube = createApiClient({ server: new URL(server.url) })
  const log = { debug() {}, info() {}, warn() {}, error() {} }
  const publisher = createSlicePublisher({ daxd, kube, owner: OWNER, share: SHARE, log })
  const ended = new AbortController()
  const running = publisher.run(ended.signal)
  onTestFinished(async () => {
    ended.abort()
    await running
    daxd.close()
    kube.close()
  })
  return { api, server, publisher }
}

type Started = Awaited<ReturnType<typeof start>>

function devicesOf(server: Started['server']) {
  return server.objects(SLICES).flatMap(({ spec }) => spec.devices)
}

function patchShare(api: Started['api'], id: number, size: number | null): Promise<unknown> {
  return api.ok('patch', `/v1/regions/${id}`, 200, { body: { shares: { [SHARE]: size } } })
}

/** Waits until the names of all published devices are these. */
function published(server: Started['server'], names: readonly string[]): Promise<unknown> {
  return eventually(
    async () => devicesOf(server).map(({ name }) => name),
    (found) => JSON.stringify(found) === JSON.stringify(names),
  )
}

function capacity(value: string, max: string, step: string) {
  return {
    size: { value, requestPolicy: { default: step, validRange: { min: step, max, step } } },
  }
}

it("shows Kubernetes' share of a region, and nothing of a region without one", async () => {
  const { api, server } = await start()
  await patchShare(api, 0, 8 * GIB)
  await published(server, ['region0'])
  const [slice, ...others] = server.objects(SLICES)
  expect(others).toEqual([])
  expect(slice?.metadata).toMatchObject({
    ownerReferences: [
      { apiVersion: 'v1', kind: 'Node', name: 'node-a', uid: 'node-uid', controller: true },
    ],
  })
  expect(slice?.['spec']).toEqual({
    driver: 'dax.daxd.io',
    nodeName: 'node-a',
    pool: { name: 'node-a', generation: 1, resourceSliceCount: 1 },
    devices: [
      {
        name: 'region0',
        allowMultipleAllocations: true,
        attributes: {
          region: { int: 0 },
          provider: { string: 'emulated' },
          kind: { string: 'dynamic' },
          persistence: { string: 'volatile' },
          media: { string: 'dram' },
          path: { string: '/platform/emulated.0' },
          numaNode: { int: 0 },
          targetNode: { int: 0 },
          align: { int: 2 * MIB },
          structPages: { bool: true },
        },
        capacity: capacity('8Gi', '8Gi', '2Mi'),
      },
    ],
  })
})

it('counts what pods hold to the capacity, and takes off what others took of the share', async () => {
  const { api, server } = await start()
  await patchShare(api, 0, 64 * MIB)
  await published(server, ['region0'])
  const pod = {
    [LABELS.driver]: OWNER.driverName,
    [LABELS.node]: OWNER.nodeName,
    [LABELS.device]: 'region0',
  }
  const claim = { size: 16 * MIB, sharing: 'dedicated', holder: 'pod', share: SHARE, labels: pod }
  await api.ok('put', '/v1/claims/pod', 201, { body: claim })
  const other = { region: 0, size: 8 * MIB, share: SHARE }
  await api.make('/v1/namespaces', other)
  await eventually(
    async () => devicesOf(server)[0]?.capacity,
    (found) => JSON.stringify(found) === JSON.stringify(capacity('56Mi', '56Mi', '2Mi')),
  )
  expect(server.objects(SLICES)[0]?.['spec'].pool.generation).toBeGreaterThan(1)
})

it('shows of a static region no more than one request can get, its metadata taken off', async () => {
  const { api, server } = await start()
  await patchShare(api, 1, 64 * MIB)
  await published(server, ['region1'])
  const [device] = devicesOf(server)
  expect(device.capacity).toEqual(capacity('62Mi', '48Mi', '16Mi'))
  const body = { size: 48 * MIB, sharing: 'dedicated', holder: 'h', share: SHARE }
  await api.ok('put', '/v1/claims/c', 201, { body })
})

it('shows a namespace that is handed out whole, in any cluster', async () => {
  const { api, server } = await start({ consumableCapacity: false })
  await patchShare(api, 0, GIB)
  const labels = { [WHOLE_LABEL.key]: WHOLE_LABEL.value }
  await api.make('/v1/namespaces', { name: 'fast', region: 0, size: 4 * MIB, pool: true, labels })
  await api.make('/v1/namespaces', { name: 'own', region: 0, size: 4 * MIB, pool: true })
  await published(server, ['ns-fast'])
  const [device] = devicesOf(server)
  expect(device).toMatchObject({
    attributes: { namespace: { string: 'fast' }, kind: { string: 'dynamic' } },
    capacity: { size: { value: '4Mi' } },
  })
  // Without consumable capacity a region would be one pod's, whole: it must never be shown.
  const written = server.requests.filter((one) => /^(POST|PUT)/.test(one))
  expect(written.some((one) => one.startsWith(`POST ${SLICES}?dryRun=All`))).toBe(true)
})

it('publishes again when a kubelet has deleted all slices of its node', async () => {
  const { api, server } = await start()
  await patchShare(api, 0, GIB)
  await published(server, ['region0'])
  await eventually(
    async () => server.watches(),
    (watches) => watches === 1,
  )
  server.remove(SLICES)
  await published(server, ['region0'])
})

it('publishes again on a registration even when no watch has told of the deletion', async () => {
  const { api, server, publisher } = await start()
  await patchShare(api, 0, GIB)
  await published(server, ['region0'])
  server.compact()
  server.remove(SLICES)
  server.breakWatches()
  publisher.republish()
  await published(server, ['region0'])
})

it('writes nothing while nothing changes', async () => {
  const { api, server, publisher } = await start()
  await patchShare(api, 0, GIB)
  await published(server, ['region0'])
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
  const writes = () => server.requests.filter((one) => !one.startsWith('GET')).length
  const before = writes()
  publisher.republish()
  const gets = server.requests.length
  await eventually(
    async () => server.requests.length,
    (length) => length > gets,
  )
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
  expect(writes()).toBe(before)
})

it('corrects a slice that somebody else has changed, and deletes strays of its own', async () => {
  const { api, server } = await start()
  await patchShare(api, 0, GIB)
  await published(server, ['region0'])
  const [slice] = server.objects(SLICES)
  const { spec } = slice!
  const stray = { ...spec, pool: { ...spec.pool, name: 'old-pool' } }
  server.put(SLICES, { metadata: { name: 'stray' }, spec: stray })
  server.put(SLICES, { metadata: { name: 'foreign' }, spec: { ...spec, driver: 'other.io' } })
  server.put(SLICES, { ...slice!, spec: { ...spec, devices: [] } })
  await eventually(
    async () =>
      server
        .objects(SLICES)
        .map(({ metadata }) => metadata.name)
        .sort(),
    (names) => names.join() === ['foreign', slice!.metadata.name].sort().join(),
  )
  await published(server, ['region0', 'region0'])
})

it('takes the slice away when the share goes, and comes through failures of the server', async () => {
  const { api, server } = await start()
  await patchShare(api, 0, GIB)
  await published(server, ['region0'])
  server.failNext(500, 409, 503)
  await patchShare(api, 0, null)
  await eventually(
    async () => server.objects(SLICES).length,
    (length) => length === 0,
  )
})
