import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RegionView } from '../../schemas/region.ts'
import type { Log } from '../ports/log.ts'
import { allocationAnswer, preferredChunks } from './device-plugin-answer.ts'
import { type ChunkGround, pluginDevices } from './device-plugin-chunks.ts'
import { allocateChunk, type ChunkDeps, chunkClaims, releaseClaim } from './device-plugin-claims.ts'
import { createChunkRelease } from './device-plugin-release.ts'
import { type ChunkResource, chunkIds, socketName } from './device-plugin-resource.ts'
import {
  type ContainerAllocation,
  kubeletService,
  type PluginDevice,
  pluginService,
} from './device-plugin-services.ts'
import { createGrpcClient } from './grpc-client.ts'
import {
  bindService,
  type GrpcBinding,
  type GrpcServer,
  type ResponseStream,
  serveGrpc,
} from './grpc-server.ts'
import { keepDoing } from './keep-doing.ts'
import { explain } from './refusal-advice.ts'

const API_VERSION = 'v1beta1'
const KUBELET_SOCKET = 'kubelet.sock'
const REGISTER_TIMEOUT_MS = 10_000
/** A kubelet that starts removes all plugins' sockets: a look this often finds it. */
const LOOK_INTERVAL_MS = 1_000
const LIST_INTERVAL_MS = 2_000
const RELEASE_INTERVAL_MS = 10_000
const RELEASE_GRACE_MS = 30_000

const OPTIONS = { pre_start_required: false, get_preferred_allocation_available: true }

export interface DevicePluginOptions extends ChunkDeps {
  readonly log: Log
  readonly resources: readonly ChunkResource[]
  /** The kubelet's directory, `/var/lib/kubelet`. */
  readonly kubeletDirectory: string
  /** Answer CDI names instead of device nodes. */
  readonly cdi: boolean
  readonly listIntervalMs?: number
  readonly lookIntervalMs?: number
  readonly releaseIntervalMs?: number
  readonly releaseGraceMs?: number
}

/** A running device plugin. */
export interface DevicePlugin {
  stop(): Promise<void>
}

/** One resource: what is listed of it, and who listens. */
interface Served {
  readonly resource: ChunkResource
  readonly path: string
  readonly streams: Set<ResponseStream<{ readonly devices: readonly PluginDevice[] }>>
  devices: readonly PluginDevice[]
  server: GrpcServer | null
  /** Which kubelet it is registered with: the identity of its socket. */
  kubelet: string | null
}

/**
 * Serves each resource on a socket of its own, registers them with the kubelet whenever that has
 * started, and gives back what pods have left. It keeps nothing itself: daxd's claims are its
 * records, so it may be killed at any point.
 */
export function startDevicePlugin(options: DevicePluginOptions): DevicePlugin {
  const { log, kubeletDirectory, releaseGraceMs: graceMs = RELEASE_GRACE_MS } = options
  const directory = join(kubeletDirectory, 'device-plugins')
  const podResources = join(kubeletDirectory, 'pod-resources', 'kubelet.sock')
  const all = options.resources.map(
    (resource): Served => ({
      resource,
      path: join(directory, socketName(resource)),
      streams: new Set(),
      devices: [],
      server: null,
      kubelet: null,
    }),
  )
  const release = createChunkRelease({ ...options, podResources, graceMs })
  const work = [
    keepDoing('the list of chunks', options.listIntervalMs ?? LIST_INTERVAL_MS, log, () =>
      list(options, all),
    ),
    keepDoing('the registration', options.lookIntervalMs ?? LOOK_INTERVAL_MS, log, () =>
      register(options, all, join(directory, KUBELET_SOCKET)),
    ),
    keepDoing('the release', options.releaseIntervalMs ?? RELEASE_INTERVAL_MS, log, release),
  ]
  return {
    async stop() {
      const stopped = work.map((one) => one.stop())
      // A call that comes now would be cut off anyway; and another instance may take over at once.
      for (const { server } of all) await server?.stop()
      await Promise.all(stopped)
      for (const { server } of all) await server?.stop()
    },
  }
}

/** Looks at daxd afresh, and tells the kubelet what has changed. */
async function list(options: DevicePluginOptions, all: readonly Served[]): Promise<void> {
  const ground = await look(options).catch((err: unknown) => {
    options.log.warn({ err }, 'daxd does not answer: no chunk is offered')
    return null
  })
  const lists = pluginDevices(ground, options.resources, options.share)
  for (const served of all) {
    const devices = lists.get(served.resource.name) ?? []
    if (JSON.stringify(devices) === JSON.stringify(served.devices)) continue
    served.devices = devices
    for (const stream of served.streams) stream.send({ devices })
  }
}

async function look(options: DevicePluginOptions): Promise<ChunkGround> {
  const [regions, claims] = await Promise.all([
    options.daxd.list<RegionView>('/v1/regions'),
    chunkClaims(options),
  ])
  return { regions, claims }
}

/** A kubelet that came back has another socket, and has removed ours. */
async function register(
  options: DevicePluginOptions,
  all: readonly Served[],
  kubeletSocket: string,
): Promise<void> {
  const kubelet = await identityOf(kubeletSocket)
  if (kubelet === null) return
  for (const served of all) {
    const isThere = (await identityOf(served.path)) !== null
    if (isThere && served.kubelet === kubelet) continue
    served.kubelet = null
    if (!isThere || served.server === null) await serve(options, served)
    await registerOne(served, kubeletSocket)
    served.kubelet = kubelet
    options.log.info({ resource: served.resource.name }, 'registered with the kubelet')
  }
}

async function identityOf(path: string): Promise<string | null> {
  const found = await stat(path, { bigint: true }).catch(() => null)
  return found === null ? null : `${found.ino} ${found.ctimeNs}`
}

async function serve(options: DevicePluginOptions, served: Served): Promise<void> {
  await served.server?.stop()
  served.server = null
  served.server = await serveGrpc(served.path, [bindingOf(options, served)])
}

async function registerOne({ resource }: Served, kubeletSocket: string): Promise<void> {
  const client = createGrpcClient(kubeletSocket, kubeletService)
  const request = {
    version: API_VERSION,
    endpoint: socketName(resource),
    resource_name: resource.name,
    options: OPTIONS,
  }
  try {
    await client.call('Register', request, REGISTER_TIMEOUT_MS)
  } finally {
    client.close()
  }
}

function bindingOf(options: DevicePluginOptions, served: Served): GrpcBinding {
  const { log } = options
  const { resource, streams } = served
  return bindService(
    pluginService,
    {
      GetDevicePluginOptions: async () => OPTIONS,
      ListAndWatch(_request, stream) {
        streams.add(stream)
        stream.ended.addEventListener('abort', () => streams.delete(stream), { once: true })
        stream.send({ devices: served.devices })
      },
      GetPreferredAllocation: async ({ container_requests: requests }) => ({
        container_responses: requests.map((request) => ({
          deviceIDs: preferredChunks(request, chunkIds(resource)),
        })),
      }),
      Allocate: async ({ container_requests: requests }) => ({
        container_responses: await Promise.all(
          requests.map(({ devices_ids: ids }) => allocate(options, resource, ids)),
        ),
      }),
      PreStartContainer: async () => ({}),
    },
    (err, method) => log.warn({ err, method }, 'a call of the kubelet has failed'),
  )
}

/** All chunks of a container or none. */
async function allocate(
  options: DevicePluginOptions,
  resource: ChunkResource,
  ids: readonly string[],
): Promise<ContainerAllocation> {
  const known = chunkIds(resource)
  const stranger = ids.find((id) => !known.includes(id))
  if (stranger !== undefined) throw new Error(`${resource.name} has no device ${stranger}.`)
  const made = await Promise.allSettled(ids.map((id) => allocateChunk(options, resource, id)))
  const claims = made.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  try {
    for (const one of made) if (one.status === 'rejected') throw one.reason
    const answer = allocationAnswer(claims, options)
    options.log.info({ resource: resource.name, ids }, 'chunks allocated')
    return answer
  } catch (error) {
    await Promise.allSettled(claims.map((claim) => releaseClaim(options.daxd, claim)))
    throw new Error(explain(error), { cause: error })
  }
}
