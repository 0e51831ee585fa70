import type { Log } from '../ports/log.ts'
import { CHUNK_LABELS, type ChunkDeps, chunkClaims, releaseClaim } from './device-plugin-claims.ts'
import { podResourcesService } from './device-plugin-services.ts'
import { createGrpcClient } from './grpc-client.ts'

const LIST_TIMEOUT_MS = 10_000

export interface ReleaseDeps extends ChunkDeps {
  readonly log: Log
  /** The kubelet's PodResources socket. */
  readonly podResources: string
  /** How long nobody may have had a claim's chunk before it is given back, milliseconds. */
  readonly graceMs: number
}

/**
 * Gives back what no pod has any more: the device plugin API has no call for it, so the kubelet is
 * asked what pods have. A claim is new for a moment before the kubelet knows of it, hence the grace
 * time; while the kubelet does not answer, nothing is given back.
 */
export function createChunkRelease(deps: ReleaseDeps): () => Promise<void> {
  /** When each claim was first seen to be nobody's, in this process's own time. */
  const since = new Map<string, number>()
  return async () => {
    const inUse = await chunksInUse(deps.podResources)
    const claims = await chunkClaims(deps)
    const nobodys = claims.filter(
      ({ labels, state }) => state !== 'releasing' && !inUse.has(keyOf(labels)),
    )
    const names = new Set(nobodys.map(({ name }) => name))
    for (const name of since.keys()) if (!names.has(name)) since.delete(name)
    for (const claim of nobodys) {
      const first = since.get(claim.name) ?? performance.now()
      since.set(claim.name, first)
      if (performance.now() - first < deps.graceMs) continue
      await releaseClaim(deps.daxd, claim).then(
        () => deps.log.info({ claim: claim.name }, 'memory of a pod that is gone given back'),
        (err: unknown) => deps.log.warn({ claim: claim.name, err }, 'memory not given back yet'),
      )
    }
  }
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return `${labels[CHUNK_LABELS.resource]} ${labels[CHUNK_LABELS.id]}`
}

async function chunksInUse(socket: string): Promise<ReadonlySet<string>> {
  const client = createGrpcClient(socket, podResourcesService)
  try {
    const { pod_resources: pods } = await client.call('List', {}, LIST_TIMEOUT_MS)
    const devices = pods.flatMap(({ containers }) => containers.flatMap((one) => one.devices))
    return new Set(
      devices.flatMap(({ resource_name: resource, device_ids: ids }) =>
        ids.map((id) => `${resource} ${id}`),
      ),
    )
  } finally {
    client.close()
  }
}
