import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { type Extent, extent } from '../../core/extent.ts'
import type { Bytes } from '../../core/units.ts'
import { nullIfGoneNow } from './host-errors.ts'
import { listNames, readBytes, readId, readLinkName, readText } from './read-sysfs.ts'
import { ndDevicesPath } from './sysfs-paths.ts'

/** A persistent-memory region as libnvdimm shows it. */
export interface NdRegion extends Extent {
  readonly id: number
  readonly path: string
  /** What sizes and places of its namespaces are multiples of; null where it is not shown. */
  readonly align: Bytes | null
  readonly numa_node: number
  readonly target_node: number
  /** False for a region whose whole is one namespace because it has no labels. */
  readonly labelled: boolean
  /** The alignments its devdax namespaces can have; empty where they are not shown. */
  readonly supported_aligns: readonly number[]
}

/** A namespace that takes something off its region. */
export interface NdNamespace {
  /** `namespaceR.I`. */
  readonly dev: string
  readonly region: number
  /** What it takes off the region. */
  readonly extent: Extent
  /** The uuid of its label; ndctl calls it `raw_uuid`. */
  readonly uuid: string
}

type Root = { readonly sysRoot: string }

/** Source: include/uapi/linux/ndctl.h `ND_DEVICE_NAMESPACE_PMEM`; 4 is one without labels. */
const LABELLED_NSTYPE = 5

/** Every enabled region of libnvdimm that has a place, by id. */
export async function readNdRegions(host: Root): Promise<NdRegion[]> {
  const names = ndNames(host, /^region\d+$/)
  const read = await Promise.all(names.map((name) => readNdRegion(host, name)))
  return read.filter((region) => region !== null).sort((left, right) => left.id - right.id)
}

/** True when libnvdimm has a region of this number, enabled or not. */
export function hasNdRegion(host: Root, id: number): boolean {
  return existsSync(join(ndDevicesPath(host), `region${id}`))
}

/** Every namespace with a size, by region and index. */
export async function readNdNamespaces(host: Root): Promise<NdNamespace[]> {
  const names = ndNames(host, /^namespace\d+\.\d+$/)
  const read = await Promise.all(names.map((name) => readNdNamespace(host, name)))
  return read.filter((namespace) => namespace !== null)
}

function ndNames(host: Root, pattern: RegExp): string[] {
  return listNames(ndDevicesPath(host)).filter((name) => pattern.test(name))
}

async function readNdRegion(host: Root, name: string): Promise<NdRegion | null> {
  const path = nullIfGoneNow(() => realpathSync.native(join(ndDevicesPath(host), name)))
  if (path === null) return null
  if (readLinkName(path, 'driver') === null) return null
  const [size, start, align, supported_aligns] = await Promise.all([
    readBytes(path, 'size'),
    readBytes(path, 'resource'),
    readBytes(path, 'align'),
    readSeedAligns(host, path),
  ])
  if (size === null || size === 0 || start === null) return null
  const numa_node = Math.max(readId(path, 'numa_node', 0), 0)
  return {
    id: Number(name.slice('region'.length)),
    path,
    ...extent(start, size),
    align,
    numa_node,
    target_node: readId(path, 'target_node', numa_node),
    labelled: readId(path, 'nstype', LABELLED_NSTYPE) === LABELLED_NSTYPE,
    supported_aligns,
  }
}

async function readSeedAligns(host: Root, path: string): Promise<number[]> {
  const seed = await readText(path, 'dax_seed')
  if (seed === null || !/^dax\d+\.\d+$/.test(seed)) return []
  const text = await readText(join(ndDevicesPath(host), seed), 'supported_alignments')
  return (text ?? '').split(/\s+/).filter(Boolean).map(Number)
}

async function readNdNamespace(host: Root, dev: string): Promise<NdNamespace | null> {
  const path = join(ndDevicesPath(host), dev)
  const size = await readBytes(path, 'size')
  // The seed of the next namespace has no size and no place.
  if (size === null || size === 0) return null
  const [start, uuid] = await Promise.all([readBytes(path, 'resource'), readText(path, 'uuid')])
  if (start === null) return null
  const region = Number(dev.slice('namespace'.length, dev.indexOf('.')))
  return { dev, region, extent: extent(start, size), uuid: (uuid ?? '').toLowerCase() }
}
