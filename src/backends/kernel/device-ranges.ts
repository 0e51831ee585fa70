import { setTimeout as sleep } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { DeviceRange } from '../../core/device-range.ts'
import { type Extent, totalSize } from '../../core/extent.ts'
import { add, type Bytes, bytes, PAGE_SIZE } from '../../core/units.ts'
import { readBind } from './device-bind.ts'
import { type DeviceMapping, listMappings } from './device-mappings.ts'
import { type IomemEntry, readIomem } from './iomem.ts'
import type { KernelTimeouts } from './kernel-timeouts.ts'
import { readBytes, readBytesNow, readLinkName } from './read-sysfs.ts'

/** A device that is another one at each of so many looks is taken for one that is going away. */
const LOOKS_MAX = 5

/** Where a range is. Neither number changes while its mapping lives; its end does, if the last. */
type Place = Pick<DeviceRange, 'start' | 'offset'>

interface KnownDevice {
  readonly places: ReadonlyMap<bigint, Place>
  readonly size: Bytes
  /**
   * The bind under which it was so, and is while that lasts (EBUSY), its end included, which can
   * hang; see {@link readBind}. Null once it was seen without one.
   */
  readonly bind: bigint | null
}

/** By the devices' names, what the last look found; the places are those of mappings' inodes. */
export type KnownRanges = Map<string, KnownDevice>

export interface RangesHost {
  readonly procRoot: string
  readonly ranges: KnownRanges
  readonly timeouts: Pick<KernelTimeouts, 'settleMs'>
}

interface Shown {
  readonly chardev: string
  /** Its directory under /sys/devices. */
  readonly path: string
}

interface Look extends Shown {
  readonly mappings: readonly DeviceMapping[]
  readonly driver: string | null
  readonly bind: bigint | null
  /** What /proc/iomem has in the device's name: something while a driver has it. */
  readonly busy: () => readonly Extent[]
}

/** /proc/iomem, which takes longer to read than all else of a device, once it is asked for. */
export type LazyIomem = () => readonly IomemEntry[]

/** For looks at many devices, which share one reading. */
export function lazyIomem(host: { readonly procRoot: string }): LazyIomem {
  let read: readonly IomemEntry[] | null = null
  return () => {
    read ??= readIomem(host)
    return read
  }
}

export interface DeviceMemory {
  readonly size: Bytes
  /** Where its first range begins, or its region when it has none. */
  readonly resource: Bytes | null
  /** In device order. */
  readonly ranges: readonly DeviceRange[]
}

/**
 * The memory of a device, of one moment; null when it goes away meanwhile.
 *
 * What is in a `mappingN` is read only where nothing else tells it ({@link readPlace}): such a read
 * and another process that takes that range away can wait for each other for ever, the region's
 * lock held. The one range of a device is told by `resource` and `size`; of several ranges each is
 * read once in the life of its mapping, and never when daxd itself has given it.
 *
 * `size` waits for a change of the device's driver, which can hang. While there is one, the size
 * stands still, and /proc/iomem or the look before tells it.
 *
 * @throws DaxError `backend_failed` for what is not as the ABI says.
 */
export async function readDeviceMemory(
  host: RangesHost,
  device: Shown,
  iomem: LazyIomem,
): Promise<DeviceMemory | null> {
  const known = host.ranges.get(device.chardev)
  const bind = readBind(device.path)
  if (bind !== null && bind === known?.bind) return memoryOf([...known.places.values()], known.size)
  for (let look = 0; look < LOOKS_MAX; look += 1) {
    const memory = await lookAt(host, device, look === 0 ? iomem : lazyIomem(host))
    if (memory !== 'changed') return memory
  }
  return null
}

/** Notes a range that daxd has just given to a device, so that it need not be read. */
export function noteGivenRange(host: RangesHost, device: Shown, given: DeviceRange): void {
  const places = new Map(host.ranges.get(device.chardev)?.places)
  const fresh = (listMappings(device.path) ?? []).filter(({ inode }) => !places.has(inode))
  const [mapping] = fresh
  // Of more than one it is not known which is which.
  if (mapping === undefined || fresh.length > 1) return
  places.set(mapping.inode, { start: given.start, offset: given.offset })
  host.ranges.set(device.chardev, { places, size: add(given.offset, given.size), bind: null })
}

async function lookAt(
  host: RangesHost,
  device: Shown,
  iomem: LazyIomem,
): Promise<DeviceMemory | null | 'changed'> {
  const { chardev, path } = device
  const mappings = listMappings(path)
  if (mappings === null) return 'changed'
  const driver = readLinkName(path, 'driver')
  const bind = readBind(path)
  const busy = () => iomem().filter(({ name }) => name === chardev)
  const look = { ...device, mappings, driver, bind, busy }
  const found = await sizeOf(host, look)
  if (found === null) return null
  const { size } = found
  const places = await placesOf(host, look)
  if (places === null || !isAsBefore(look)) return 'changed'
  if (places.size === 0) return withoutMappings(path, size)
  const memory = memoryOf([...places.values()], size)
  if (memory === null) return 'changed'
  host.ranges.set(chardev, { places, ...found })
  return memory
}

/** A device without memory; on an older kernel, which shows no mappings, one of one range. */
function withoutMappings(path: string, size: Bytes): DeviceMemory {
  const resource = readBytesNow(path, 'resource')
  const isEmpty = size === 0 || resource === null
  return { size, resource, ranges: isEmpty ? [] : [{ offset: bytes(0), start: resource, size }] }
}

/**
 * Source: drivers/dax/device.c `dev_dax_probe` claims the ranges as they are and gives them back
 * last of all; drivers/dax/kmem.c claims only the whole memory blocks in them.
 */
async function sizeOf(
  host: RangesHost,
  look: Look,
): Promise<Pick<KnownDevice, 'size' | 'bind'> | null> {
  const { chardev, path, mappings, driver, bind } = look
  const { bind: last = null, size: before } = host.ranges.get(chardev) ?? {}
  if (driver === 'device_dax' || (driver === null && last !== null)) {
    const busy = look.busy()
    const claimed = totalSize(busy)
    const isWhole = busy.length === Math.max(mappings.length, 1)
    if (isWhole && driver !== null) return { size: claimed, bind }
    if (isWhole && claimed === before) return { size: claimed, bind: last }
  }
  const size = await readBytes(path, 'size')
  return size === null ? null : { size, bind }
}

/** Null when the mappings change meanwhile. */
async function placesOf(host: RangesHost, look: Look): Promise<Map<bigint, Place> | null> {
  const { chardev, path, mappings } = look
  const known = host.ranges.get(chardev)?.places
  const places = new Map<bigint, Place>()
  for (const { inode } of mappings) {
    const place = known?.get(inode)
    if (place !== undefined) places.set(inode, place)
  }
  const strange = mappings.filter(({ inode }) => !places.has(inode))
  const [first] = strange
  if (first === undefined) return places
  if (mappings.length === 1) {
    const start = readBytesNow(path, 'resource')
    return start === null ? null : places.set(first.inode, { start, offset: bytes(0) })
  }
  if (look.driver === null) await sleep(host.timeouts.settleMs)
  for (const mapping of strange) {
    const place = isAsBefore(look) ? await readPlace(mapping) : null
    if (place === null) return null
    places.set(mapping.inode, place)
  }
  return places
}

/**
 * What is in a mapping. Source: drivers/dax/bus.c: `get_dax_range` takes the region's lock while
 * the reader keeps the attribute from being removed, and `size_store`, which may hold that lock,
 * waits in `unregister_dax_mapping` for the attribute's readers. A device with a driver keeps its
 * ranges (EBUSY), and of one without it is waited for whether somebody is just taking it down.
 */
async function readPlace({ path }: DeviceMapping): Promise<Place | null> {
  const start = await readBytes(path, 'start')
  const pages = start === null ? null : await readBytes(path, 'page_offset')
  return start === null || pages === null ? null : { start, offset: bytes(pages * PAGE_SIZE) }
}

function isAsBefore({ path, mappings, bind }: Look): boolean {
  return isDeepStrictEqual(listMappings(path), mappings) && readBind(path) === bind
}

/** Null when places and size are of two moments. */
function memoryOf(places: readonly Place[], size: Bytes): DeviceMemory | null {
  const sorted = places.toSorted((left, right) => left.offset - right.offset)
  const ranges = sorted.map(({ start, offset }, index) => {
    const next = sorted[index + 1]?.offset ?? size
    return { offset, start, size: bytes(Math.max(next - offset, 0)) }
  })
  const [first] = ranges
  const isOne = first?.offset === 0 && ranges.every((range) => range.size > 0)
  return isOne ? { size, resource: first.start, ranges } : null
}
