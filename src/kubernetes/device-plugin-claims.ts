import { randomUUID } from 'node:crypto'
import type { ClaimPut, ClaimView } from '../../schemas/claim.ts'
import type { DaxdClient } from './daxd-client.ts'
import { isRefusal } from './daxd-error.ts'
import type { ChunkResource } from './device-plugin-resource.ts'

/** A kubelet that starts a pod waits for the answer; so does the pod. */
const ALLOCATE_WAIT_S = 10

export const CHUNK_LABELS = {
  node: 'daxd.io/node',
  resource: 'daxd.io/resource',
  id: 'daxd.io/chunk',
}

export interface ChunkDeps {
  readonly daxd: DaxdClient
  readonly nodeName: string
  /** The share of every region that is Kubernetes' own. */
  readonly share: string
}

/** The claims that chunks of any resource of this node have at daxd: the plugin's only records. */
export async function chunkClaims({ daxd, nodeName }: ChunkDeps): Promise<readonly ClaimView[]> {
  const claims = await daxd.list<ClaimView>('/v1/claims')
  return claims.filter(
    ({ labels }) =>
      labels[CHUNK_LABELS.node] === nodeName && labels[CHUNK_LABELS.resource] !== undefined,
  )
}

/** True for a claim of this chunk. */
export function isOfChunk({ labels }: ClaimView, resource: string, id: string): boolean {
  return labels[CHUNK_LABELS.resource] === resource && labels[CHUNK_LABELS.id] === id
}

/**
 * Memory for a chunk that the kubelet has just given to a container. A kubelet gives a chunk only
 * when nobody has it, so a claim that is still there was somebody else's: it goes first, and the
 * new one has a name of its own, so that nobody ever gets what another has written.
 * @throws DaxdError, after which nothing new is left at daxd.
 */
export async function allocateChunk(
  deps: ChunkDeps,
  resource: ChunkResource,
  id: string,
): Promise<ClaimView> {
  const { daxd, nodeName, share } = deps
  const old = (await chunkClaims(deps)).filter((claim) => isOfChunk(claim, resource.name, id))
  for (const claim of old) await releaseClaim(daxd, claim, ALLOCATE_WAIT_S)
  const name = `dp-${randomUUID()}`
  const body: ClaimPut = {
    size: resource.size,
    sharing: 'dedicated',
    holder: `kubernetes/device-plugin/${nodeName}/${id}`,
    share,
    wipe: 'on_release',
    labels: {
      [CHUNK_LABELS.node]: nodeName,
      [CHUNK_LABELS.resource]: resource.name,
      [CHUNK_LABELS.id]: id,
    },
  }
  const path = `/v1/claims/${name}`
  const headers = { prefer: `wait=${ALLOCATE_WAIT_S}` }
  try {
    const { status, body: made } = await daxd.call({ method: 'PUT', path, body, headers })
    if (status !== 202) return made as ClaimView
  } catch (error) {
    await daxd.call({ method: 'DELETE', path }).catch(() => {})
    throw error
  }
  // What is made after all has nobody who uses it: the release finds it.
  throw new Error('daxd is still making the memory ready; the next pod will find it.')
}

/**
 * Gives a claim back; one that is gone, or going, is as good. Wiping goes on at daxd for longer
 * than `waitS` if it must, and until its end the memory is nobody's.
 * @throws DaxdError `busy` while a process has it.
 */
export async function releaseClaim(
  daxd: DaxdClient,
  { name }: Pick<ClaimView, 'name'>,
  waitS = 0,
): Promise<void> {
  const headers = { prefer: `wait=${waitS}` }
  try {
    await daxd.call({ method: 'DELETE', path: `/v1/claims/${name}`, headers })
  } catch (error) {
    if (!isRefusal(error, 'no_such_claim', 'in_transition')) throw error
  }
}
