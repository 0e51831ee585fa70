/**
 * What takes up a region: the pieces of its devices, as far as they are known here. Pure.
 */
import type { ClaimView, DeviceView, NamespaceView, RegionView } from '../../client/src/index.ts'
import { alignedGaps, availableSize, maxAvailableExtent } from '../../src/core/region-space.ts'
import { bytes } from '../../src/core/units.ts'
import { ownerOf } from './owners.ts'
import { type Piece, piecesOf, type TakenPiece } from './pieces.ts'

/** Where to look things up by their names. */
export interface Lookup {
  readonly namespace: (name: string) => NamespaceView | undefined
  readonly claim: (name: string) => ClaimView | undefined
}

/** Whose a device is, and by what name one knows it. */
export function ownerOfDevice(device: DeviceView, { namespace, claim }: Lookup): string {
  const made = device.namespace === null ? undefined : namespace(device.namespace)
  const holder = made?.claim ? (claim(made.claim)?.holder ?? null) : null
  return ownerOf(device, holder)
}

/**
 * The pieces of a device. One of a static region begins with metadata that cannot be mapped and is
 * not in its ranges, but is taken off the region.
 */
function piecesOfDevice(device: DeviceView, region: RegionView, lookup: Lookup): TakenPiece[] {
  const { chardev, namespace, ranges } = device
  const owner = ownerOfDevice(device, lookup)
  const [only] = ranges
  const size = namespace === null ? undefined : lookup.namespace(namespace)?.size
  if (region.kind === 'static' && only !== undefined && size !== undefined && size > only.size) {
    return [{ start: only.end + 1 - size, end: only.end + 1, chardev, owner }]
  }
  return ranges.map(({ start, end }) => ({ start, end: end + 1, chardev, owner }))
}

/** A region as it is filled. */
export interface Occupancy {
  readonly pieces: readonly Piece[]
  /** Bytes that can be had, and the most of them in one piece; as daxd counts them. */
  readonly available: number
  readonly largest: number
  readonly holes: number
  readonly deviceCount: number
  /** Bytes by owner, most first. */
  readonly owners: readonly { readonly owner: string; readonly bytes: number }[]
}

/** The occupancy of a region by `devices`, which are all of it, and by what is reserved in it. */
export function occupancyOf(
  region: RegionView,
  devices: readonly DeviceView[],
  reserved: readonly TakenPiece[],
  lookup: Lookup,
): Occupancy {
  const inUse = devices.filter(({ ranges }) => ranges.length > 0)
  const taken = [...inUse.flatMap((device) => piecesOfDevice(device, region, lookup)), ...reserved]
  const pieces = piecesOf(region, taken)
  const gaps = alignedGaps(
    { start: bytes(region.start), size: bytes(region.size) },
    taken.map(({ start, end }) => ({ start: bytes(start), size: bytes(end - start) })),
    bytes(region.granularity),
  )
  const byOwner = new Map<string, number>()
  for (const { owner, start, end } of pieces) {
    if (owner !== null) byOwner.set(owner, (byOwner.get(owner) ?? 0) + end - start)
  }
  const owners = [...byOwner].map(([owner, size]) => ({ owner, bytes: size }))
  owners.sort((left, right) => right.bytes - left.bytes || (left.owner < right.owner ? -1 : 1))
  return {
    pieces,
    available: availableSize(gaps),
    largest: maxAvailableExtent(gaps),
    holes: gaps.length,
    deviceCount: inUse.length,
    owners,
  }
}
