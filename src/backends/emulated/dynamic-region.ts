import { DaxError } from '../../core/errors.ts'
import { type Extent, endOf } from '../../core/extent.ts'
import { alignDown, alignUp, type Bytes, bytes } from '../../core/units.ts'
import { type DaxctlDevice, type DaxctlRegion, usageOf } from './recorded-daxctl.ts'
import { regionNature } from './region-nature.ts'
import { requireDisjoint } from './require-disjoint.ts'
import { nextStart, overlapped, type RecordedDevice, type RegionDraft } from './topology.ts'

/**
 * A region under a CXL decoder. Source: drivers/cxl/core/port.c and region.c name the devices
 * `rootN/decoderN.M/regionR/dax_regionR`; a mocked root has cxl in its own name.
 */
const CXL_PATH = /cxl|\/decoder\d+\.\d+\//

/**
 * A region of hmem or CXL as daxctl listed it. The listing does not tell where it begins: at its
 * first device if that fits, else as low as its last one allows; without devices behind `taken`.
 * @throws DaxError `malformed` when the devices do not fit into the region.
 */
export function dynamicRegion(listed: DaxctlRegion, taken: readonly Extent[]): RegionDraft {
  const { id, path, size, align } = listed
  const isCxl = CXL_PATH.test(path)
  const devices = listed.devices.filter((device) => device.size > 0 || isPermanent(device))
  const region = regionNature({
    id,
    kind: 'dynamic',
    provider: isCxl ? 'cxl' : 'hmem',
    path,
    start: startOf(listed, taken),
    size,
    align,
    media: { type: isCxl ? 'cxl' : 'dram' },
    ...nodeOf(devices),
  })
  requireDisjoint(
    region,
    devices.flatMap((device) => device.ranges),
  )
  return { region, devices: devices.map((device) => recordedDevice(id, device, listed)) }
}

function startOf({ id, size, align, devices }: DaxctlRegion, taken: readonly Extent[]): Bytes {
  const ranges = devices.flatMap((device) => device.ranges)
  if (ranges.length === 0) return nextStart(taken)
  const first = bytes(Math.min(...ranges.map((range) => range.start)))
  const end = bytes(Math.max(...ranges.map(endOf)))
  const highest = alignDown(first, align)
  const lowest = alignUp(bytes(Math.max(0, end - size)), align)
  if (lowest > highest) {
    throw new DaxError('malformed', `The devices of region ${id} span more than its size.`)
  }
  const isFree = (start: Bytes) => overlapped({ start, size }, taken) === undefined
  return isFree(highest) ? highest : lowest
}

function recordedDevice(
  region: number,
  device: DaxctlDevice,
  { align }: DaxctlRegion,
): RecordedDevice {
  const { ranges } = device
  const { mode, enabled } = usageOf(device)
  return {
    region,
    chardev: device.chardev,
    align: device.align ?? align,
    memmap: 'mem',
    mode,
    extents: ranges.map(({ start, size }) => ({ start, size })),
    ranges,
    size: bytes(ranges.reduce((total, range) => total + range.size, 0)),
    target_node: device.target_node,
    enabled: enabled && ranges.length > 0,
  }
}

/** Other devices without memory are leftovers; the kernel keeps only id 0. */
function isPermanent({ chardev }: DaxctlDevice): boolean {
  return chardev.endsWith('.0')
}

function nodeOf(devices: readonly DaxctlDevice[]): { target_node?: number } {
  const [first] = devices
  return first === undefined ? {} : { target_node: first.target_node }
}
