/** Regions and devices in the JSON of `daxctl` and `ndctl`, for those whose tools read that. */
import type { DaxctlRegion, NdctlRegion } from '../schemas/index.ts'
import type { DeviceRecord, RegionRecord } from '../src/core/model.ts'
import { instanceOf } from '../src/services/device-records.ts'
import { need } from '../src/services/lookup.ts'
import { regionFigures } from '../src/services/region-figures.ts'
import type { StateView } from '../src/services/world/state.ts'
import { rangeViews } from './view-parts.ts'

/**
 * As `daxctl list -RDMi`: a dynamic region with its devices, and one region for each namespace of
 * libnvdimm, which is how the dax bus sees them.
 */
export function daxctlRegions(state: StateView): DaxctlRegion[] {
  return regionsOf(state).flatMap((region) =>
    region.kind === 'dynamic'
      ? [dynamicRegion(state, region)]
      : devicesOf(state, region).map((device) => staticRegion(region, device)),
  )
}

/** As `ndctl list -RNi`, static regions only; namespaces that are no devdax are not shown. */
export function ndctlRegions(state: StateView): NdctlRegion[] {
  return regionsOf(state)
    .filter(({ kind }) => kind === 'static')
    .map((region) => ({
      dev: `region${region.id}`,
      size: region.size,
      align: region.granularity,
      ...regionFigures(state, region),
      type: 'pmem',
      namespaces: devicesOf(state, region).map((device) => ndctlNamespace(state, device)),
    }))
}

function regionsOf(state: StateView): RegionRecord[] {
  return [...state.after('region', -1)].sort((left, right) => left.id - right.id)
}

function devicesOf(state: StateView, region: RegionRecord): DeviceRecord[] {
  return [...state.index.devicesOf(region.id)]
    .map((uid) => need(state, 'device', uid))
    .sort((left, right) => instanceOf(left.chardev) - instanceOf(right.chardev))
}

function dynamicRegion(state: StateView, region: RegionRecord): DaxctlRegion {
  const { path, id, size, align } = region
  const { available_size } = regionFigures(state, region)
  return {
    path,
    id,
    size,
    ...(available_size === 0 ? {} : { available_size }),
    align,
    devices: devicesOf(state, region).map(daxctlDevice),
  }
}

function staticRegion(region: RegionRecord, device: DeviceRecord): DaxctlRegion {
  const { chardev, size, align } = device
  const path = `${region.path}/${chardev}`
  return { path, id: region.id, size, align, devices: [daxctlDevice(device)] }
}

function daxctlDevice(device: DeviceRecord): DaxctlRegion['devices'][number] {
  const { chardev, size, target_node, align, mode, life, ranges } = device
  return {
    chardev,
    size,
    ...(target_node < 0 ? {} : { target_node }),
    align,
    mode,
    ...(life.state === 'disabled' ? { state: 'disabled' as const } : {}),
    mappings: rangeViews(ranges),
  }
}

function ndctlNamespace(state: StateView, device: DeviceRecord): NdctlRegion['namespaces'][number] {
  const { chardev, memmap, size, align, life } = device
  const owner = device.namespace === null ? null : need(state, 'namespace', device.namespace)
  return {
    dev: chardev.replace(/^dax/, 'namespace'),
    mode: 'devdax',
    map: memmap,
    size,
    ...(owner === null ? {} : { uuid: owner.uuid }),
    chardev,
    align,
    ...(life.state === 'disabled' ? { state: 'disabled' as const } : {}),
    ...(owner === null ? {} : { name: owner.name }),
  }
}
