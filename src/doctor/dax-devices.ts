import type { HostFiles } from './host-files.ts'
import type { DaxReport } from './host-report.ts'

const BUS_DEVICES = '/sys/bus/dax/devices'
const CLASS_DEVICES = '/sys/class/dax'
/** A host with many devices has a few hundred ranges in it. */
const IOMEM_BYTES_MAX = 4 * 1024 * 1024

/** Counts what the host has for dax to manage. */
export async function examineDax(files: HostFiles): Promise<DaxReport> {
  const onBus = await files.list(BUS_DEVICES)
  const inClass = await files.list(CLASS_DEVICES)
  const names = (onBus ?? inClass ?? []).filter((name) => /^dax\d+\.\d+$/.test(name))
  const drivers: string[] = []
  for (const name of onBus === null ? [] : names) {
    const link = await files.link(`${BUS_DEVICES}/${name}/driver`)
    if (link !== null) drivers.push(link.slice(link.lastIndexOf('/') + 1))
  }
  const ndDevices = (await files.list('/sys/bus/nd/devices')) ?? []
  return {
    model: onBus !== null ? 'bus' : inClass !== null ? 'class' : 'absent',
    regions_seen: new Set(names.map((name) => name.split('.', 1)[0])).size,
    devices_seen: names.length,
    devdax: drivers.filter((driver) => driver === 'device_dax').length,
    system_ram: drivers.filter((driver) => driver === 'kmem').length,
    nd_regions_seen: ndDevices.filter((name) => /^region\d+$/.test(name)).length,
    firmware_ranges: await countFirmwareRanges(files),
  }
}

/** Everybody may read the names of /proc/iomem; only the addresses need CAP_SYS_ADMIN. */
async function countFirmwareRanges(files: HostFiles): Promise<DaxReport['firmware_ranges']> {
  const content = await files.read('/proc/iomem', IOMEM_BYTES_MAX)
  if (content.state !== 'read') return null
  const names = content.bytes.toString('latin1').split('\n')
  const count = (pattern: RegExp): number => names.filter((line) => pattern.test(line)).length
  return {
    persistent_memory: count(/ : Persistent Memory/),
    soft_reserved: count(/ : Soft Reserved/),
    cxl_windows: count(/ : CXL Window/),
  }
}

/** True when the host shows persistent memory, managed or not. */
export function hasPersistentMemory(dax: DaxReport): boolean {
  return dax.nd_regions_seen > 0 || (dax.firmware_ranges?.persistent_memory ?? 0) > 0
}
