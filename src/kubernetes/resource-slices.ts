import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { Log } from '../ports/log.ts'
import { createBackoff } from './backoff.ts'
import type { Owner } from './claim-records.ts'
import type { DaxdClient } from './daxd-client.ts'
import { watchHost } from './host-changes.ts'
import { type KubeApi, KubeApiError } from './kube-api.ts'
import {
  type HostMemory,
  namespaceDevices,
  regionDevices,
  type SliceDevice,
} from './slice-devices.ts'
import { planSlices, type Slice, type SliceSpec } from './slice-plan.ts'
import { createWakeUp } from './wake-up.ts'

const SLICES = '/apis/resource.k8s.io/v1/resourceslices'
const NODES = '/api/v1/nodes'
/** Even if nobody tells of any change, everything is compared again after this. */
const RESYNC_MS = 5 * 60_000
/** Between two rounds, so that a burst of claims is one update. */
const ROUND_GAP_MS = 300
const ROUND_BACKOFF_MAX_MS = 5_000

export interface SliceDeps {
  readonly daxd: DaxdClient
  readonly kube: KubeApi
  readonly owner: Owner
  /** The share of every region that is Kubernetes' own. */
  readonly share: string
  readonly log: Log
}

/** Keeps this node's ResourceSlices what daxd's memory is. */
export interface SlicePublisher {
  /** Publishes and goes on comparing until the signal aborts; never throws. */
  run(signal: AbortSignal): Promise<void>
  /**
   * Compare now: a kubelet has registered the driver. One that starts deletes all slices of its
   * node first.
   */
  republish(): void
}

/** Whether the cluster takes parts of a device; unknown until it was asked. */
type Parts = 'unknown' | 'taken' | 'dropped'

/** A publisher that has published nothing yet. */
export function createSlicePublisher(deps: SliceDeps): SlicePublisher {
  const wakeUp = createWakeUp()
  const round = createRounds(deps)
  let mustAsk = true
  return {
    republish() {
      // A kubelet that comes back may be of another version, and so may be the cluster.
      mustAsk = true
      wakeUp.wake()
    },
    async run(signal) {
      const since = await newestRevision(deps, signal)
      const changed = (): void => wakeUp.wake()
      const others = [
        watchHost({ daxd: deps.daxd, log: deps.log, since, changed }, signal),
        watchSlices(deps, changed, signal),
      ]
      const backoff = createBackoff(ROUND_BACKOFF_MAX_MS)
      while (!signal.aborted) {
        try {
          const asks = mustAsk
          mustAsk = false
          await round(asks)
          backoff.reset()
          if (!(await wakeUp.wait(RESYNC_MS, signal))) mustAsk = true
          await sleep(ROUND_GAP_MS, undefined, { signal }).catch(() => {})
        } catch (err) {
          deps.log.warn({ err }, 'the resource slices could not be published')
          await sleep(backoff.next(), undefined, { signal }).catch(() => {})
        }
      }
      await Promise.all(others)
    },
  }
}

/**
 * One comparison, and the calls it takes. Where a server normalises what it is sent, its answer is
 * remembered as what we wanted, or both would go on correcting each other.
 */
function createRounds({ daxd, kube, owner, share, log }: SliceDeps) {
  const known = new Map<string, { readonly version: string; readonly spec: SliceSpec }>()
  let parts: Parts = 'unknown'

  function isKnown(slice: Slice, devices: readonly SliceDevice[]): boolean {
    const { name, resourceVersion } = slice.metadata
    const own = known.get(name)
    if (own !== undefined && own.version === resourceVersion) {
      return isDeepStrictEqual(own.spec.devices, devices)
    }
    return isDeepStrictEqual(slice.spec.devices ?? [], devices)
  }

  function remember(spec: SliceSpec, made: Slice): void {
    const { name, resourceVersion = '' } = made.metadata
    known.set(name, { version: resourceVersion, spec })
    if (isDropped(spec.devices, made)) setParts('dropped')
  }

  function setParts(next: Parts): void {
    if (parts === next) return
    parts = next
    const facts = { driver: owner.driverName, parts: next }
    if (next === 'taken') log.info(facts, 'pods can have parts of regions')
    else log.warn(facts, 'the cluster has no consumable capacity: only whole namespaces are shown')
  }

  /** A dry run, so that no region is ever shown as one to be had whole. */
  async function askForParts(devices: readonly SliceDevice[]): Promise<void> {
    const [first] = devices
    if (first === undefined) return
    const pool = { name: owner.nodeName, generation: 0, resourceSliceCount: 1 }
    const named = { driver: owner.driverName, nodeName: owner.nodeName }
    const spec = { ...named, pool, devices: [first] }
    const made = await kube.create(`${SLICES}?dryRun=All`, await newSlice(spec))
    setParts(isDropped(spec.devices, made as Slice) ? 'dropped' : 'taken')
  }

  async function newSlice(spec: SliceSpec): Promise<object> {
    const { uid } = (await kube.get(`${NODES}/${owner.nodeName}`)).metadata
    const node = { apiVersion: 'v1', kind: 'Node', name: owner.nodeName, uid, controller: true }
    const generateName = `${owner.nodeName}-${owner.driverName}-`
    return {
      apiVersion: 'resource.k8s.io/v1',
      kind: 'ResourceSlice',
      metadata: { generateName, ownerReferences: [node] },
      spec,
    }
  }

  return async (asks: boolean): Promise<void> => {
    const memory = await hostMemory(daxd)
    const regions = regionDevices(memory, owner, share)
    if (parts === 'unknown' || (asks && parts === 'dropped')) await askForParts(regions)
    const shown = parts === 'taken' ? regions : []
    const devices = [...shown, ...namespaceDevices(memory)]
    const { items } = await kube.list(ownSlices(owner))
    const { driverName: driver, nodeName } = owner
    const plan = planSlices(items as Slice[], { driver, nodeName, devices, isKnown })
    for (const { slice, spec } of plan.update) {
      const path = `${SLICES}/${slice.metadata.name}`
      remember(spec, (await kube.update(path, { ...slice, spec })) as Slice)
    }
    for (const spec of plan.create) {
      remember(spec, (await kube.create(SLICES, await newSlice(spec))) as Slice)
    }
    for (const { metadata } of plan.remove) await removeSlice(kube, metadata.name)
    if (parts === 'dropped' && shown.length > 0) throw new Error('The cluster has dropped fields.')
    const names = new Set(items.map(({ metadata }) => metadata.name))
    if (plan.create.length === 0) {
      for (const name of known.keys()) if (!names.has(name)) known.delete(name)
    }
  }
}

async function removeSlice(kube: KubeApi, name: string): Promise<void> {
  try {
    await kube.delete(`${SLICES}/${name}`)
  } catch (error) {
    if (!(error instanceof KubeApiError && error.status === 404)) throw error
  }
}

function isDropped(sent: readonly SliceDevice[] = [], made: Slice): boolean {
  return sent.some(({ name, allowMultipleAllocations }) => {
    const kept = made.spec.devices?.find((device) => device.name === name)
    return allowMultipleAllocations === true && kept?.allowMultipleAllocations !== true
  })
}

async function hostMemory(daxd: DaxdClient): Promise<HostMemory> {
  const [regions, namespaces, claims] = await Promise.all([
    daxd.list<HostMemory['regions'][number]>('/v1/regions'),
    daxd.list<HostMemory['namespaces'][number]>('/v1/namespaces'),
    daxd.list<HostMemory['claims'][number]>('/v1/claims'),
  ])
  return { regions, namespaces, claims }
}

/** What is newer than everything there is will be told as a change. */
async function newestRevision({ daxd, log }: SliceDeps, signal: AbortSignal): Promise<number> {
  const backoff = createBackoff(ROUND_BACKOFF_MAX_MS)
  while (!signal.aborted) {
    try {
      const { regions, namespaces, claims } = await hostMemory(daxd)
      return Math.max(0, ...[...regions, ...namespaces, ...claims].map(({ revision }) => revision))
    } catch (err) {
      log.warn({ err }, 'daxd cannot be read yet')
      await sleep(backoff.next(), undefined, { signal }).catch(() => {})
    }
  }
  return 0
}

function ownSlices({ driverName, nodeName }: Owner): string {
  return `${SLICES}?fieldSelector=spec.nodeName=${nodeName},spec.driver=${driverName}`
}

/** Others' changes of our slices, deletions above all, call for a comparison. */
async function watchSlices(
  { kube, owner, log }: SliceDeps,
  changed: () => void,
  signal: AbortSignal,
): Promise<void> {
  const backoff = createBackoff(ROUND_BACKOFF_MAX_MS)
  const path = ownSlices(owner)
  while (!signal.aborted) {
    try {
      const { resourceVersion } = await kube.list(path)
      changed()
      for await (const _event of kube.watch(path, { resourceVersion, signal })) {
        backoff.reset()
        changed()
      }
    } catch (err) {
      const isOld = err instanceof KubeApiError && err.status === 410
      if (!isOld && !signal.aborted) log.warn({ err }, 'the resource slices cannot be watched')
    }
    await sleep(backoff.next(), undefined, { signal }).catch(() => {})
  }
}
