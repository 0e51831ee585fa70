import type { ClaimView } from '../../schemas/claim.ts'
import type { RegionView } from '../../schemas/region.ts'
import { pieceUnit } from '../core/region-space.ts'
import { staticRawSize } from '../core/static-geometry.ts'
import { alignUp, type Bytes, bytes, isAlign } from '../core/units.ts'
import { isOfChunk } from './device-plugin-claims.ts'
import { type ChunkResource, chunkIds } from './device-plugin-resource.ts'
import type { PluginDevice } from './device-plugin-services.ts'

/** What daxd has, as one look at it found it; null when it did not answer. */
export interface ChunkGround {
  readonly regions: readonly RegionView[]
  readonly claims: readonly ClaimView[]
}

/**
 * The list of each resource's chunks, by its name. A chunk is healthy when somebody has it or when
 * daxd has room for it now; resources named first are given room first. So a kubelet never counts
 * on more than there is, and while daxd is away it starts nothing new.
 */
export function pluginDevices(
  ground: ChunkGround | null,
  resources: readonly ChunkResource[],
  share: string,
): ReadonlyMap<string, readonly PluginDevice[]> {
  const offered = (ground?.regions ?? []).filter(
    ({ shares, schedulable, state }) =>
      shares[share] !== undefined && schedulable && state === 'enabled',
  )
  const room = createRoom(offered, share)
  const topology = topologyOf(offered)
  return new Map(
    resources.map((resource) => {
      const devices = chunkIds(resource).map((ID): PluginDevice => {
        const claim = ground?.claims.find((one) => isOfChunk(one, resource.name, ID))
        // What is being wiped cannot be given again, but it does not take new room either.
        const isHeld = claim !== undefined && claim.state === 'active'
        const isHealthy = isHeld || (claim === undefined && room.take(resource.size))
        return { ID, health: isHealthy ? 'Healthy' : 'Unhealthy', ...topology }
      })
      return [resource.name, devices]
    }),
  )
}

/** A kubelet aligns CPUs to memory only where all memory of the resource has one node. */
function topologyOf(regions: readonly RegionView[]): Pick<PluginDevice, 'topology'> {
  const nodes = [...new Set(regions.map(({ numa_node: node }) => node))]
  const [node] = nodes
  if (node === undefined || nodes.length > 1 || node < 0) return {}
  return { topology: { nodes: [{ ID: node }] } }
}

/** Counts off what fits into the share of the regions, in the order in which daxd tries them. */
function createRoom(regions: readonly RegionView[], share: string) {
  const left = regions.map((region) => ({ region, bytes: region.shares[share]?.available ?? 0 }))
  return {
    take(size: Bytes): boolean {
      for (const entry of left) {
        const raw = rawSize(entry.region, size)
        const isFitting =
          entry.region.kind === 'dynamic' || raw <= entry.region.max_available_extent
        if (raw > entry.bytes || !isFitting) continue
        entry.bytes -= raw
        return true
      }
      return false
    },
  }
}

/** What a claim of so many usable bytes takes off a region. */
function rawSize({ kind, granularity, align, memmap }: RegionView, size: Bytes): number {
  if (!isAlign(align)) return Number.POSITIVE_INFINITY
  if (kind === 'dynamic') return alignUp(size, pieceUnit(bytes(granularity), align))
  return staticRawSize({ usable: size, align, memmap, granularity: bytes(granularity) })
}
