import { basename } from 'node:path'
import { type Extent, endOf, extent } from '../../core/extent.ts'
import type { RegionNature } from '../../core/model.ts'
import { STATIC_GRANULARITY } from '../../core/static-geometry.ts'
import {
  type Align,
  alignDown,
  alignUp,
  type Bytes,
  bytes,
  isAlign,
  MIB,
  maxBytes,
} from '../../core/units.ts'
import type { Memmap } from '../../core/vocabulary.ts'
import type { BusDevice } from './dax-bus.ts'
import { pathOf } from './dynamic-regions.ts'
import type { NdNamespace, NdRegion } from './nd-bus.ts'
import { readText } from './read-sysfs.ts'
import { supportedAligns } from './supported-aligns.ts'

/** What a device of libnvdimm is besides what the dax bus shows. */
export interface StaticBacking {
  readonly namespace: NdNamespace
  readonly memmap: Memmap
}

type Host = { readonly sysRoot: string; readonly procRoot: string }

/** `ndctl create-namespace` makes none other unless told. */
const DEFAULT_ALIGN = bytes(2 * MIB) as Align

/**
 * The namespace behind a static device, null when it went away meanwhile.
 * Source: the nd device above it shows `namespace` and `mode` (`ram` or `pmem`).
 */
export async function readBacking(
  device: BusDevice,
  namespaces: readonly NdNamespace[],
): Promise<StaticBacking | null> {
  const [dev, mode] = await Promise.all([
    readText(device.parent, 'namespace'),
    readText(device.parent, 'mode'),
  ])
  const name = dev === null || dev === '' ? namespaceOf(device.chardev) : basename(dev)
  const namespace = namespaces.find((item) => item.dev === name)
  if (namespace === undefined) return null
  return { namespace, memmap: mode === 'ram' ? 'mem' : 'dev' }
}

/** The namespace that a static device is named after. */
export function namespaceOf(chardev: string): string {
  return `namespace${chardev.slice('dax'.length)}`
}

/**
 * A region of libnvdimm. `reserved` is what its dax devices do not stand on and yet cannot be had:
 * namespaces of other modes, disabled ones, and the ends that are no whole unit.
 */
export async function staticRegion(
  host: Host,
  region: NdRegion,
  others: readonly NdNamespace[],
): Promise<RegionNature> {
  const { start, size } = region
  const granularity = maxBytes(region.align ?? STATIC_GRANULARITY, STATIC_GRANULARITY)
  const published = region.supported_aligns
    .map(bytes)
    .filter(isAlign)
    .filter((align) => align <= size)
  return {
    id: region.id,
    provider: 'pmem',
    path: pathOf(host, region.path),
    kind: 'static',
    start,
    size,
    align: DEFAULT_ALIGN,
    granularity,
    supported_aligns: published.length > 0 ? published : supportedAligns(host, size),
    // `ndctl create-namespace` puts the struct pages on the media unless told otherwise.
    memmap: 'dev',
    media: { persistence: 'persistent', type: 'pmem' },
    numa_node: region.numa_node,
    target_node: region.target_node,
    reserved: [...others.map((item) => item.extent), ...endsOf(region, granularity)],
  }
}

/** What lies in front of the first whole unit of a region and behind its last. */
function endsOf(region: Extent, unit: Bytes): Extent[] {
  const first = alignUp(region.start, unit)
  const last = alignDown(endOf(region), unit)
  if (first >= last) return [extent(region.start, region.size)]
  return [
    ...(first > region.start ? [extent(region.start, bytes(first - region.start))] : []),
    ...(last < endOf(region) ? [extent(last, bytes(endOf(region) - last))] : []),
  ]
}
