import { DaxError } from '../core/errors.ts'
import { type Extent, totalSize } from '../core/extent.ts'
import type { NamespaceRequest, RegionRecord } from '../core/model.ts'
import { alignedGaps, availableSize, maxAvailableExtent } from '../core/region-space.ts'
import {
  patchShares,
  type ShareFigures,
  type ShareGround,
  type Shares,
  shareFigures,
  unsharedAvailable,
} from '../core/shares.ts'
import { formatSize } from '../core/size-text.ts'
import { add, type Bytes, bytes } from '../core/units.ts'
import { need } from './lookup.ts'
import { takenIn } from './region-figures.ts'
import type { StateView } from './world/state.ts'

/** A merge patch of a region's shares: null takes one away. */
export type SharesChange = Readonly<Record<string, Bytes | null>>

/** What the shares of a region have, and what is left beyond them. */
export interface RegionShares {
  readonly shares: ReadonlyMap<string, ShareFigures>
  readonly unshared: Bytes
}

/** The most that one request may take of a region, for reasons other than the room in it. */
export interface ShareLimit {
  readonly most: Bytes
  /** The refusal of a request for more; `gaps` are what the region has left for such a device. */
  refusal(gaps: readonly Extent[]): DaxError
}

/** The shares of a region as they stand in `view`. */
export function regionShares(view: StateView, region: RegionRecord): RegionShares {
  const ground = groundOf(view, region)
  return { shares: shareFigures(ground), unshared: unsharedAvailable(ground) }
}

/**
 * What a request of this share, or of none, may take of the region; null for a region without
 * shares, in which nobody is held to anything.
 * @throws DaxError `no_such_share` (ENOENT).
 */
export function shareLimit(
  view: StateView,
  region: RegionRecord,
  share: string | undefined,
): ShareLimit | null {
  if (share === undefined && Object.keys(region.shares ?? {}).length === 0) return null
  const { shares, unshared } = regionShares(view, region)
  if (share === undefined) return limitBeyond(region, shares, unshared)
  const figures = shares.get(share)
  if (figures === undefined) {
    throw new DaxError('no_such_share', `Region ${region.id} has no share ${share}.`)
  }
  return limitWithin(region, share, figures)
}

/** @throws DaxError `misaligned_size`, `share_busy`, `no_space`, `malformed`. */
export function changeShares(view: StateView, region: RegionRecord, change: SharesChange): Shares {
  return patchShares(groundOf(view, region), change, region.granularity)
}

/**
 * The share that a request takes of: the one it names, else the one that bears its tenant's name,
 * which so is the tenant's reservation.
 */
export function shareFor(
  { shares = {} }: RegionRecord,
  { share, tenant }: Pick<NamespaceRequest, 'share' | 'tenant'>,
): string | undefined {
  if (share !== undefined || tenant === undefined) return share
  return Object.hasOwn(shares, tenant) ? tenant : undefined
}

/** The share that a device's memory is counted to. */
export function shareOf(view: StateView, device: { readonly uid: string }): string | undefined {
  const { namespace: name, region } = need(view, 'device', device.uid)
  const namespace = name === null ? undefined : view.get('namespace', name)
  if (namespace === undefined) return undefined
  return shareFor(need(view, 'region', String(region)), namespace.request)
}

function groundOf(view: StateView, region: RegionRecord): ShareGround {
  const gaps = alignedGaps(region, takenIn(view, region), region.granularity)
  const shares = region.shares ?? {}
  return { shares, used: usedOf(view, region), available: availableSize(gaps) }
}

/** What is planned counts as taken, just as it does for the room in the region. */
function usedOf(view: StateView, region: RegionRecord): ReadonlyMap<string, Bytes> {
  const used = new Map<string, Bytes>()
  for (const uid of view.index.devicesOf(region.id)) {
    const share = shareOf(view, { uid })
    if (share === undefined) continue
    const taken = totalSize(need(view, 'device', uid).extents)
    used.set(share, add(used.get(share) ?? bytes(0), taken))
  }
  return used
}

function limitBeyond(
  region: RegionRecord,
  shares: RegionShares['shares'],
  unshared: Bytes,
): ShareLimit {
  return {
    most: unshared,
    refusal(gaps) {
      const names = [...shares.keys()].join(', ')
      const detail = `Region ${region.id} has ${formatSize(unshared)} left beyond its shares (${names}).`
      return new DaxError('no_space', detail, factsOf(unshared, gaps))
    },
  }
}

function limitWithin(region: RegionRecord, share: string, figures: ShareFigures): ShareLimit {
  const { size, used, available } = figures
  return {
    most: available,
    refusal(gaps) {
      const left = formatSize(available)
      const whole = `${formatSize(used)} of its ${formatSize(size)} are in use`
      const detail = `Share ${share} of region ${region.id} has ${left} left: ${whole}.`
      return new DaxError('share_exhausted', detail, factsOf(available, gaps))
    },
  }
}

function factsOf(
  most: Bytes,
  gaps: readonly Extent[],
): { readonly available_size: number; readonly max_available_extent: number } {
  return {
    available_size: Math.min(most, availableSize(gaps)),
    max_available_extent: Math.min(most, maxAvailableExtent(gaps)),
  }
}
