import { realpath } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { parseChardev } from '../../core/chardev.ts'
import type { DeviceRange } from '../../core/device-range.ts'
import { DaxError } from '../../core/errors.ts'
import { type Align, type Bytes, bytes, isAlign, PAGE_SIZE } from '../../core/units.ts'
import { nullIfGone } from './host-errors.ts'
import { listNames, readBytes, readId, readLinkName, readText } from './read-sysfs.ts'
import { daxDevicePath, daxDevicesPath } from './sysfs-paths.ts'

/** A device as the dax bus shows it. */
export interface BusDevice {
  readonly chardev: string
  readonly region: number
  /** Where it really is under /sys/devices. */
  readonly path: string
  /** Its region's device: `hmem.N`, `dax_regionN` or, under libnvdimm, the namespace's `daxR.N`. */
  readonly parent: string
  readonly kind: 'dynamic' | 'static'
  readonly size: Bytes
  readonly align: Align
  readonly target_node: number
  readonly numa_node: number
  readonly major: number
  readonly minor: number
  /** `device_dax`, `kmem`, another one, or null for a disabled device. */
  readonly driver: string | null
  /** Where its first range begins, or its region when it has none. */
  readonly resource: Bytes | null
  /** In device order. */
  readonly ranges: readonly DeviceRange[]
}

type Root = { readonly sysRoot: string }

/** Every device on the dax bus, empty ones too, by region and id. */
export async function readBusDevices(host: Root): Promise<BusDevice[]> {
  const names = await listNames(daxDevicesPath(host))
  const read = await Promise.all(names.map((name) => readBusDevice(host, name)))
  return read
    .filter((device) => device !== null)
    .sort((left, right) => left.region - right.region || idOf(left) - idOf(right))
}

/**
 * One device of the dax bus, null when there is none of this name.
 * @throws DaxError `backend_failed` for what is not as the ABI says.
 */
export async function readBusDevice(host: Root, chardev: string): Promise<BusDevice | null> {
  const parts = parseChardev(chardev)
  if (parts === null) return null
  const path = await nullIfGone(realpath(daxDevicePath(host, chardev)))
  if (path === null) return null
  const parent = dirname(path)
  const [size, align, dev, driver, resource, ranges, numa_node] = await Promise.all([
    readBytes(path, 'size'),
    readBytes(path, 'align'),
    readText(path, 'dev'),
    readLinkName(path, 'driver'),
    readBytes(path, 'resource'),
    readRanges(path),
    readId(path, 'numa_node', 0),
  ])
  // Without these it went away while it was being read.
  if (size === null || dev === null) return null
  const numbers = /^(\d+):(\d+)$/.exec(dev)
  if (numbers === null) throw new DaxError('backend_failed', `${chardev} has no device number.`)
  const kind = parseChardev(basename(parent)) === null ? 'dynamic' : 'static'
  return {
    chardev,
    region: kind === 'static' ? ndRegionOf(parent, parts.region) : parts.region,
    path,
    parent,
    kind,
    size,
    align: requireAlign(chardev, align ?? PAGE_SIZE),
    target_node: await readId(path, 'target_node', numa_node),
    numa_node,
    major: Number(numbers[1]),
    minor: Number(numbers[2]),
    driver,
    resource,
    ranges: ranges.length === 0 ? wholeRange(size, resource) : ranges,
  }
}

/** @throws DaxError `no_such_device`. */
export async function requireBusDevice(host: Root, chardev: string): Promise<BusDevice> {
  const device = await readBusDevice(host, chardev)
  if (device !== null) return device
  throw new DaxError('no_such_device', `There is no device ${chardev}.`)
}

function idOf({ chardev }: BusDevice): number {
  return parseChardev(chardev)?.id ?? 0
}

function ndRegionOf(parent: string, otherwise: number): number {
  const match = /^region(\d+)$/.exec(basename(dirname(parent)))
  return match === null ? otherwise : Number(match[1])
}

function requireAlign(chardev: string, align: Bytes): Align {
  if (isAlign(align)) return align
  throw new DaxError('backend_failed', `${chardev} has the unknown align ${align}.`)
}

/** A device of an older kernel shows no mappings; it has one range. */
function wholeRange(size: Bytes, resource: Bytes | null): DeviceRange[] {
  return size === 0 || resource === null ? [] : [{ offset: bytes(0), start: resource, size }]
}

async function readRanges(path: string): Promise<DeviceRange[]> {
  const names = (await listNames(path)).filter((name) => /^mapping\d+$/.test(name))
  const read = await Promise.all(names.map((name) => readRange(join(path, name))))
  return read.filter((range) => range !== null).sort((left, right) => left.offset - right.offset)
}

/** `end` is inclusive and `page_offset` counts pages. */
async function readRange(path: string): Promise<DeviceRange | null> {
  const [start, end, pages] = await Promise.all([
    readBytes(path, 'start'),
    readBytes(path, 'end'),
    readBytes(path, 'page_offset'),
  ])
  if (start === null || end === null || pages === null) return null
  return { offset: bytes(pages * PAGE_SIZE), start, size: bytes(end - start + 1) }
}
