import { readFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { contains, type Extent, endOf, extent, totalSize } from '../../core/extent.ts'
import type { RegionNature } from '../../core/model.ts'
import { SUBSECTION } from '../../core/static-geometry.ts'
import { type Bytes, bytes, isAlign } from '../../core/units.ts'
import type { Log } from '../../ports/log.ts'
import type { BusDevice } from './dax-bus.ts'
import { nullIfGone } from './host-errors.ts'
import { type IomemEntry, readIomem } from './iomem.ts'
import { readBytes, readId } from './read-sysfs.ts'
import { supportedAligns } from './supported-aligns.ts'

interface Host {
  readonly sysRoot: string
  readonly procRoot: string
  readonly log: Log
}

/**
 * The regions of the dax bus that can be divided (hmem, CXL), found through their devices: the
 * kernel keeps at least id 0 in each. One whose place cannot be told is left out, with a warning.
 */
export async function readDynamicRegions(
  host: Host,
  devices: readonly BusDevice[],
): Promise<RegionNature[]> {
  const dynamic = devices.filter(({ kind }) => kind === 'dynamic')
  if (dynamic.length === 0) return []
  const iomem = readIomem(host)
  const parents = Map.groupBy(dynamic, ({ parent }) => parent)
  const regions = await Promise.all(
    [...parents].map(([parent, own]) => readRegion(host, { parent, devices: own, iomem })),
  )
  return regions.filter((region) => region !== null)
}

/** Where the attributes of a region are: size, align, create, delete and others. */
export function regionDirectory(parent: string): string {
  return join(parent, 'dax_region')
}

interface Found {
  readonly parent: string
  readonly devices: readonly BusDevice[]
  readonly iomem: readonly IomemEntry[]
}

async function readRegion(host: Host, found: Found): Promise<RegionNature | null> {
  const { parent, devices } = found
  const directory = regionDirectory(parent)
  const [first] = devices
  const [size, align] = await Promise.all([
    readBytes(directory, 'size'),
    readBytes(directory, 'align'),
  ])
  if (first === undefined || size === null || size === 0) return null
  const start = await startOf(found, size)
  if (start === null) {
    host.log.warn({ region: first.region, parent }, 'a region is left out: its place is unknown')
    return null
  }
  const provider = /^dax_region\d+$/.test(basename(parent)) ? 'cxl' : 'hmem'
  const numa_node = readId(parent, 'numa_node', readId(first.path, 'numa_node', 0))
  return {
    id: first.region,
    provider,
    path: pathOf(host, parent),
    kind: 'dynamic',
    start,
    size,
    align: align !== null && isAlign(align) ? align : first.align,
    granularity: SUBSECTION,
    supported_aligns: supportedAligns(host, size),
    memmap: 'mem',
    media: { persistence: 'volatile', type: provider === 'cxl' ? 'cxl' : 'dram' },
    numa_node: Math.max(numa_node, 0),
    target_node: first.target_node,
    reserved: [],
  }
}

/** As daxctl shows it: without the root of sysfs and `devices`. */
export function pathOf({ sysRoot }: { readonly sysRoot: string }, path: string): string {
  const root = join(sysRoot, 'devices')
  const at = path.indexOf(`${root}/`)
  return at === -1 ? path : path.slice(at + root.length)
}

/**
 * Where a region begins: a device without memory tells it (its `resource`), the region's own
 * `resource` does under CXL; then /proc/iomem is asked, by name and by size; last, devices that
 * fill the region.
 */
async function startOf({ parent, devices, iomem }: Found, size: Bytes): Promise<Bytes | null> {
  const ranges = devices.flatMap((device) => device.ranges)
  const holdsAll = (start: Bytes) => {
    const whole = extent(start, size)
    return ranges.every((range) => contains(whole, range))
  }
  const empty = devices.find((device) => device.size === 0 && device.resource !== null)
  const own = (await readParentResource(parent)) ?? undefined
  const named = iomem.find((entry) => entry.name === basename(parent) && entry.size === size)
  const sized = iomem.filter((entry) => entry.size === size)
  const candidates = [empty?.resource, own, named?.start, ...sized.map(({ start }) => start)]
  const filled = totalSize(ranges) === size ? lowest(ranges) : undefined
  for (const start of [...candidates, filled]) {
    if (start !== undefined && start !== null && start > 0 && holdsAll(start)) return start
  }
  return null
}

/** A PCI device has a file of this name with many lines; that one tells nothing here. */
async function readParentResource(parent: string): Promise<Bytes | null> {
  for (const directory of [parent, join(parent, '..')]) {
    const text = await nullIfGone(readFile(join(directory, 'resource'), 'utf8').catch(notAFile))
    if (text !== null && /^0x[0-9a-f]+\n?$/.test(text)) return bytes(Number(text.trim()))
  }
  return null
}

function notAFile(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'EISDIR') return null
  throw error
}

function lowest(ranges: readonly Extent[]): Bytes | undefined {
  const [first] = ranges.toSorted((left, right) => left.start - right.start)
  const end = Math.max(0, ...ranges.map(endOf))
  return first !== undefined && end - first.start === totalSize(ranges) ? first.start : undefined
}
