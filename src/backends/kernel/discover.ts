import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Extent, overlaps } from '../../core/extent.ts'
import type { RegionNature } from '../../core/model.ts'
import type { HostDevice, HostView } from '../../ports/backend.ts'
import { type BusDevice, readBusDevices, requireBusDevice } from './dax-bus.ts'
import { isEnabled, modeOf } from './device-mode.ts'
import { readDynamicRegions } from './dynamic-regions.ts'
import type { KernelHost } from './kernel-host.ts'
import { hasNdRegion, type NdNamespace, readNdNamespaces, readNdRegions } from './nd-bus.ts'
import { readBacking, type StaticBacking, staticRegion } from './static-region-views.ts'

/**
 * Reads the whole host from sysfs; nothing is cached and no process is started. A device whose
 * region comes or goes meanwhile is told by the next look.
 */
export async function discover(host: KernelHost): Promise<HostView> {
  const [bus, ndRegions, namespaces, bootId] = await Promise.all([
    readBusDevices(host),
    readNdRegions(host),
    readNdNamespaces(host),
    readBootId(host),
  ])
  const backings = new Map<string, StaticBacking>()
  for (const device of bus.filter(({ kind }) => kind === 'static')) {
    const backing = await readBacking(device, namespaces)
    if (backing !== null) backings.set(device.chardev, backing)
  }
  const used = new Set([...backings.values()].map(({ namespace }) => namespace.dev))
  const others = namespaces.filter(({ dev }) => !used.has(dev))
  const regions: RegionNature[] = [
    ...(await readDynamicRegions(host, bus)),
    ...(await Promise.all(
      ndRegions.map((region) => staticRegion(host, region, othersIn(region, others))),
    )),
  ].sort((left, right) => left.id - right.id)
  const known = new Set(regions.map(({ id }) => id))
  const devices = await Promise.all(
    bus
      .filter(({ region, kind, chardev }) => {
        return known.has(region) && (kind === 'dynamic' || backings.has(chardev))
      })
      .map((device) => hostDevice(host, device, backings.get(device.chardev))),
  )
  return { boot_id: bootId, regions, devices }
}

/**
 * The devices of one region alone, as {@link discover} would show them; what else there is on the
 * host costs nothing then.
 */
export async function discoverRegion(host: KernelHost, region: number): Promise<HostView> {
  if (hasNdRegion(host, region)) return discover(host)
  const bus = await readBusDevices(host, region)
  const devices = await Promise.all(bus.map((device) => hostDevice(host, device)))
  return { boot_id: await readBootId(host), regions: [], devices }
}

/** At once: the kernel has it ready. */
async function readBootId({ procRoot }: { readonly procRoot: string }): Promise<string> {
  return readFileSync(join(procRoot, 'sys/kernel/random/boot_id'), 'utf8').trim()
}

function othersIn(region: Extent & { id: number }, others: readonly NdNamespace[]): NdNamespace[] {
  return others.filter((item) => item.region === region.id && overlaps(item.extent, region))
}

/** @throws DaxError `no_such_device`. */
export async function readHostDevice(host: KernelHost, chardev: string): Promise<HostDevice> {
  return showBusDevice(host, await requireBusDevice(host, chardev))
}

/** A device of the dax bus, which has just been read, as the port shows it. */
export async function showBusDevice(host: KernelHost, device: BusDevice): Promise<HostDevice> {
  if (device.kind === 'dynamic') return hostDevice(host, device)
  const backing = await readBacking(device, await readNdNamespaces(host))
  return hostDevice(host, device, backing ?? undefined)
}

async function hostDevice(
  host: KernelHost,
  device: BusDevice,
  backing?: StaticBacking,
): Promise<HostDevice> {
  const { chardev, region, major, minor, target_node, align, ranges } = device
  const extents = ranges.map(({ start, size }) => ({ start, size }))
  return {
    chardev,
    region,
    path: join(host.devRoot, chardev),
    major,
    minor,
    target_node,
    enabled: isEnabled(device),
    align,
    memmap: backing?.memmap ?? 'mem',
    mode: await modeOf(host, device),
    extents: backing === undefined ? extents : [backing.namespace.extent],
    ranges,
  }
}
