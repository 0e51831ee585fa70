import { type Extent, endOf, extent, gapsOf, totalSize } from '../../core/extent.ts'
import { STATIC_GRANULARITY, staticRawSize, staticUsable } from '../../core/static-geometry.ts'
import { alignUp, type Bytes, bytes, maxBytes } from '../../core/units.ts'
import type { Memmap } from '../../core/vocabulary.ts'
import type { DaxctlDevice } from './recorded-daxctl.ts'
import type { NdctlNamespace, NdctlRegion } from './recorded-ndctl.ts'
import { regionNature } from './region-nature.ts'
import { requireDisjoint } from './require-disjoint.ts'
import { pinnedDevice } from './static-pin.ts'
import { layOut, type PlacedSlice, type Slice } from './static-slices.ts'
import { DEFAULT_ALIGN, nextStart, type RecordedDevice, type RegionDraft } from './topology.ts'

/** All that recordings tell of one region of libnvdimm. */
export interface StaticRecording {
  readonly id: number
  /** As daxctl shows it; null where only ndctl was asked. */
  readonly path: string | null
  /** The devices in daxctl's listing, with their places. */
  readonly listed: readonly DaxctlDevice[]
  /** The region in ndctl's listing, with its size and free space. */
  readonly region: NdctlRegion | null
}

/**
 * A region of libnvdimm. Without ndctl's listing it spans its devices and has no free space;
 * without daxctl's it begins behind `taken`, its namespaces laid out by their index.
 * @throws DaxError `malformed` when the recordings contradict each other.
 */
export function staticRegion(recording: StaticRecording, taken: readonly Extent[]): RegionDraft {
  const { id, path, listed, region } = recording
  const namespaces = region?.namespaces ?? []
  const pinned = listed.map((device) => pinnedDevice(id, device, memmapsOf(device, namespaces)))
  const open = namespaces.filter((item) => !pinned.some(({ chardev }) => chardev === item.chardev))
  const slices = open.map(sliceOf)
  const raws = pinned.flatMap((device) => device.extents)
  const whole =
    region === null ? spanOf(raws) : extent(startOf(region, { pinned, slices, taken }), region.size)
  const placed = region === null ? [] : placeAll(whole, slices, { raws, region })
  requireDisjoint(whole, [...raws, ...placed])
  const others = placed.filter(({ owner }) => owner === null || !owner.isDax)
  const unknown = region === null ? gapsOf(whole, raws) : []
  const devices = [...pinned, ...placed.flatMap((slice) => deviceOf(recording, slice))]
  const nature = regionNature({
    id,
    kind: 'static',
    provider: 'pmem',
    path: path ?? `/ndbus0/region${id}`,
    ...whole,
    align: DEFAULT_ALIGN,
    // `ndctl create-namespace` puts the struct pages on the media unless told otherwise.
    memmap: 'dev',
    reserved: [...unknown, ...others.map(({ start, size }) => ({ start, size }))],
    ...nodesOf(recording),
  })
  return { region: nature, devices }
}

function memmapsOf(
  { chardev }: DaxctlDevice,
  namespaces: readonly NdctlNamespace[],
): [Memmap, ...Memmap[]] {
  const known = namespaces.find((item) => item.chardev === chardev)?.memmap ?? null
  return known === null ? ['mem', 'dev'] : [known]
}

function placeAll(
  whole: Extent,
  slices: readonly Slice<NdctlNamespace>[],
  { raws, region }: { readonly raws: readonly Extent[]; readonly region: NdctlRegion },
): PlacedSlice<NdctlNamespace | null>[] {
  const [only] = slices
  const isAlone = raws.length === 0 && slices.length === 1 && region.available_size === 0
  // A namespace without labels is its whole region, whatever odd size that has.
  if (only !== undefined && isAlone) return [{ ...only, ...whole }]
  return layOut(whole, slices, { pinned: raws, free: region })
}

/** What a namespace takes off its region; for one without struct pages an estimate from below. */
function sliceOf(namespace: NdctlNamespace): Slice<NdctlNamespace> {
  const { size, align, memmap } = namespace
  const granularity = STATIC_GRANULARITY
  if (memmap === null) {
    return { size: alignUp(size, granularity), step: granularity, owner: namespace }
  }
  const raw = staticRawSize({ usable: size, align, memmap, granularity })
  return { size: raw, step: maxBytes(align, granularity), owner: namespace }
}

interface Places {
  readonly pinned: readonly RecordedDevice[]
  readonly slices: readonly Slice<NdctlNamespace>[]
  readonly taken: readonly Extent[]
}

/** Where the region begins: low enough for the namespaces in front of its first known device. */
function startOf({ size, namespaces }: NdctlRegion, { pinned, slices, taken }: Places): Bytes {
  const [first] = pinned.toSorted((left, right) => rawStart(left) - rawStart(right))
  if (first === undefined) return nextStart(taken)
  const end = Math.max(...pinned.flatMap((device) => device.extents).map(endOf))
  const index = namespaces.find((item) => item.chardev === first.chardev)?.index ?? 0
  const before = totalSize(slices.filter(({ owner }) => owner.index < index))
  const lowest = alignUp(bytes(Math.max(0, end - size)), STATIC_GRANULARITY)
  return bytes(Math.max(lowest, rawStart(first) - before))
}

function rawStart(device: RecordedDevice): number {
  return device.extents[0]?.start ?? 0
}

function spanOf(extents: readonly Extent[]): Extent {
  const start = Math.min(...extents.map((item) => item.start))
  return extent(bytes(start), bytes(Math.max(...extents.map(endOf)) - start))
}

/** The device of a namespace whose place was not recorded; none for what is no dax device. */
function deviceOf(
  { id, region }: StaticRecording,
  { start, size, owner }: PlacedSlice<NdctlNamespace | null>,
): RecordedDevice[] {
  if (owner === null || !owner.isDax) return []
  const { chardev, align, enabled } = owner
  const memmap = owner.memmap ?? 'dev'
  const usable = staticUsable({ start, size, align, memmap })
  const mapped = bytes(Math.min(usable.size, owner.size))
  const ranges = [{ offset: bytes(0), start: usable.start, size: mapped }]
  const shape = { align, memmap, mode: 'devdax', extents: [{ start, size }], ranges } as const
  const target_node = region?.target_node ?? 0
  return [{ region: id, chardev, ...shape, size: mapped, target_node, enabled }]
}

function nodesOf({ region, listed }: StaticRecording) {
  const target = region?.target_node ?? listed[0]?.target_node
  return {
    ...(region?.numa_node === undefined ? {} : { numa_node: region.numa_node }),
    ...(target === undefined ? {} : { target_node: target }),
  }
}
