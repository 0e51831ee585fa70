import type { DeviceView, NamespaceView, RegionView } from '../../../schemas/index.ts'
import {
  daxctlDevice,
  daxctlRegion,
  daxctlStaticRegion,
  ndctlNamespace,
  ndctlRegion,
  numbersFor,
} from './daxctl-json.ts'
import {
  deviceFilter,
  type ListFlags,
  namespaceFilter,
  regionFilter,
  type Selection,
} from './list-selection.ts'

/** What the daemon knows, or what of it was asked for. */
export interface HostObjects {
  readonly regions: readonly RegionView[]
  readonly devices: readonly DeviceView[]
  readonly namespaces: readonly NamespaceView[]
}

type Entry = Record<string, unknown>

/** What the filters let pass, in the order of ids; without `-i` nothing that has no memory. */
export function pick(flags: ListFlags, objects: HostObjects): HostObjects {
  const isRegion = regionFilter(flags.region)
  const isDevice = deviceFilter(flags.dev)
  const isNamespace = namespaceFilter(flags.namespace)
  const shows = ({ size }: { readonly size: number }): boolean => flags.idle === true || size > 0
  const regions = objects.regions.filter(({ id }) => isRegion(id))
  return {
    regions: [...regions].sort((left, right) => left.id - right.id),
    devices: objects.devices
      .filter(({ region, chardev }) => isRegion(region) && isDevice(chardev))
      .filter(shows)
      .sort(byPlace),
    namespaces: objects.namespaces
      .filter((namespace) => isRegion(namespace.region) && isNamespace(namespace))
      .filter(shows)
      .sort((left, right) => left.region - right.region || byName(left.name, right.name)),
  }
}

const byName = (left: string, right: string): number =>
  left.localeCompare(right, 'en', { numeric: true })

function byPlace(left: DeviceView, right: DeviceView): number {
  return byName(left.chardev, right.chardev)
}

/**
 * The listing in the shape of daxctl, or, for regions with namespaces and no devices, that of
 * ndctl. Devices alone and namespaces alone are arrays, and so are regions with what is in them.
 */
export function buildListing(
  selection: Selection,
  flags: ListFlags,
  picked: HostObjects,
): readonly Entry[] | { readonly regions: readonly Entry[] } {
  const numbers = numbersFor(flags.human === true)
  const options = { numbers, mappings: flags.mappings === true }
  const devicesByName = new Map(picked.devices.map((device) => [device.chardev, device]))
  const namespaceOf = (namespace: NamespaceView): Entry =>
    ndctlNamespace(namespace, { numbers, device: devicesByName.get(namespace.chardev ?? '') })
  const inRegion = <T extends { readonly region: number }>(items: readonly T[], id: number) =>
    items.filter(({ region }) => region === id)
  const nested = (id: number, devices: readonly DeviceView[]): Entry => ({
    ...someOf('devices', selection.devices ? devices.map((one) => daxctlDevice(one, options)) : []),
    ...someOf(
      'namespaces',
      selection.namespaces ? inRegion(picked.namespaces, id).map(namespaceOf) : [],
    ),
  })
  if (selection.regions && selection.namespaces && !selection.devices) {
    const regions = picked.regions.map((region) => ({
      ...ndctlRegion(region, numbers),
      ...nested(region.id, []),
    }))
    return regions.length === 0 ? [] : { regions }
  }
  if (selection.regions) {
    return picked.regions.flatMap((region) => {
      const devices = inRegion(picked.devices, region.id)
      if (region.kind === 'dynamic' || selection.namespaces) {
        return [{ ...daxctlRegion(region, numbers), ...nested(region.id, devices) }]
      }
      return devices.map((device) => ({
        ...daxctlStaticRegion(region, device, numbers),
        ...nested(region.id, [device]),
      }))
    })
  }
  return [
    ...(selection.devices ? picked.devices.map((one) => daxctlDevice(one, options)) : []),
    ...(selection.namespaces ? picked.namespaces.map(namespaceOf) : []),
  ]
}

function someOf(key: string, items: readonly Entry[]): Entry {
  return items.length === 0 ? {} : { [key]: items }
}
