import { readlinkSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { parseChardev } from '../../core/chardev.ts'
import type { DeviceRange } from '../../core/device-range.ts'
import { DaxError } from '../../core/errors.ts'
import { type Align, type Bytes, isAlign, PAGE_SIZE } from '../../core/units.ts'
import { type LazyIomem, lazyIomem, type RangesHost, readDeviceMemory } from './device-ranges.ts'
import { nullIfGoneNow } from './host-errors.ts'
import { listNames, readBytesNow, readId, readLinkName, readTextNow } from './read-sysfs.ts'
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
  readonly major: number
  readonly minor: number
  /** `device_dax`, `kmem`, another one, or null for a disabled device. */
  readonly driver: string | null
  /** Where its first range begins, or its region when it has none. */
  readonly resource: Bytes | null
  /** In device order. */
  readonly ranges: readonly DeviceRange[]
}

/** No node has this number; -1 is the kernel's word for none. */
const UNKNOWN_NODE = -2

interface Host extends RangesHost {
  readonly sysRoot: string
}

/** Every device on the dax bus, or of one region, empty ones too, by region and id. */
export async function readBusDevices(host: Host, region?: number): Promise<BusDevice[]> {
  const all = listNames(daxDevicesPath(host))
  for (const name of host.ranges.keys()) if (!all.includes(name)) host.ranges.delete(name)
  const names = all.filter((name) => {
    return region === undefined || parseChardev(name)?.region === region
  })
  const iomem = lazyIomem(host)
  const read = await Promise.all(names.map((name) => readBusDevice(host, name, iomem)))
  return read
    .filter((device) => device !== null)
    .sort((left, right) => left.region - right.region || idOf(left) - idOf(right))
}

/**
 * One device of the dax bus, null when there is none of this name.
 *
 * Source: drivers/dax/bus.c: `align`, `resource`, `target_node` and what the driver core adds show
 * themselves without a lock; for its memory see {@link readDeviceMemory}.
 * @throws DaxError `backend_failed` for what is not as the ABI says.
 */
export async function readBusDevice(
  host: Host,
  chardev: string,
  iomem: LazyIomem = lazyIomem(host),
): Promise<BusDevice | null> {
  const parts = parseChardev(chardev)
  if (parts === null) return null
  const path = directoryOf(host, chardev)
  if (path === null) return null
  const parent = dirname(path)
  const memory = await readDeviceMemory(host, { chardev, path }, iomem)
  const align = readBytesNow(path, 'align')
  const dev = readTextNow(path, 'dev')
  // Without these it went away while it was being read.
  if (memory === null || dev === null) return null
  const numbers = /^(\d+):(\d+)$/.exec(dev)
  if (numbers === null) throw new DaxError('backend_failed', `${chardev} has no device number.`)
  const kind = parseChardev(basename(parent)) === null ? 'dynamic' : 'static'
  return {
    chardev,
    region: kind === 'static' ? ndRegionOf(parent, parts.region) : parts.region,
    path,
    parent,
    kind,
    ...memory,
    align: requireAlign(chardev, align ?? PAGE_SIZE),
    target_node: targetNodeOf(path),
    major: Number(numbers[1]),
    minor: Number(numbers[2]),
    driver: readLinkName(path, 'driver'),
  }
}

/** @throws DaxError `no_such_device`. */
export async function requireBusDevice(host: Host, chardev: string): Promise<BusDevice> {
  const device = await readBusDevice(host, chardev)
  if (device !== null) return device
  throw new DaxError('no_such_device', `There is no device ${chardev}.`)
}

/** Under /sys/devices; null when it is not there. realpath(3) would ask for each part of it. */
function directoryOf(host: Host, chardev: string): string | null {
  const link = daxDevicePath(host, chardev)
  const target = nullIfGoneNow(() => readlinkSync(link))
  return target === null ? null : resolve(dirname(link), target)
}

function idOf({ chardev }: BusDevice): number {
  return parseChardev(chardev)?.id ?? 0
}

/** On kernels that do not show it, the node that the memory is nearest to. */
function targetNodeOf(path: string): number {
  const target = readId(path, 'target_node', UNKNOWN_NODE)
  return target === UNKNOWN_NODE ? readId(path, 'numa_node', 0) : target
}

function ndRegionOf(parent: string, otherwise: number): number {
  const match = /^region(\d+)$/.exec(basename(dirname(parent)))
  return match === null ? otherwise : Number(match[1])
}

function requireAlign(chardev: string, align: Bytes): Align {
  if (isAlign(align)) return align
  throw new DaxError('backend_failed', `${chardev} has the unknown align ${align}.`)
}
