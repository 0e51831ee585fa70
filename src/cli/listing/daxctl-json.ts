/** Regions, devices and namespaces in the words of daxctl's and ndctl's JSON. */
import type { DeviceView, NamespaceView, RegionView } from '../../../schemas/index.ts'
import { humanHex, humanSize } from '../output/human-size.ts'

/** How numbers are written: plain, or as `-u` has them. */
export interface Numbers {
  readonly size: (value: number) => string | number
  readonly hex: (value: number) => string | number
}

const PLAIN: Numbers = { size: (value) => value, hex: (value) => value }
const HUMAN: Numbers = { size: humanSize, hex: humanHex }

/** How numbers are written with or without `-u`. */
export function numbersFor(human: boolean): Numbers {
  return human ? HUMAN : PLAIN
}

/** A member that is there only if it has something to say. */
function when(condition: boolean, members: Record<string, unknown>): Record<string, unknown> {
  return condition ? members : {}
}

interface DeviceOptions {
  readonly numbers: Numbers
  readonly mappings: boolean
}

/** As `daxctl list` prints a device; the state is told only when it is not enabled. */
export function daxctlDevice(
  device: DeviceView,
  { numbers, mappings }: DeviceOptions,
): Record<string, unknown> {
  const { chardev, size, target_node, align, mode, state, ranges } = device
  return {
    chardev,
    size: numbers.size(size),
    ...when(target_node >= 0, { target_node }),
    align,
    mode,
    ...when(state === 'disabled', { state }),
    ...when(mappings && ranges.length > 0, {
      mappings: ranges.map(({ page_offset, start, end, size }) => ({
        page_offset: numbers.hex(page_offset),
        start: numbers.hex(start),
        end: numbers.hex(end),
        size: numbers.size(size),
      })),
    }),
  }
}

/** As `daxctl list -R` prints a dynamic region; no `available_size` means that it is full. */
export function daxctlRegion(region: RegionView, numbers: Numbers): Record<string, unknown> {
  const { path, id, size, available_size, align } = region
  return {
    path,
    id,
    size: numbers.size(size),
    ...when(available_size > 0, { available_size: numbers.size(available_size) }),
    align,
  }
}

/** To the dax bus, each namespace of libnvdimm is a region of its own, with one device. */
export function daxctlStaticRegion(
  region: RegionView,
  { chardev, size, align }: DeviceView,
  numbers: Numbers,
): Record<string, unknown> {
  return { path: `${region.path}/${chardev}`, id: region.id, size: numbers.size(size), align }
}

/** As `ndctl list -R` prints a region. */
export function ndctlRegion(region: RegionView, numbers: Numbers): Record<string, unknown> {
  const { id, size, granularity, available_size, max_available_extent, kind, media } = region
  return {
    dev: `region${id}`,
    size: numbers.size(size),
    align: numbers.size(granularity),
    available_size: numbers.size(available_size),
    max_available_extent: numbers.size(max_available_extent),
    type: kind === 'static' ? 'pmem' : media.type,
  }
}

interface NamespaceOptions {
  readonly numbers: Numbers
  /** Its device, when it has one. */
  readonly device: DeviceView | undefined
  /** With the device as a region of the dax bus, as a creation is answered. */
  readonly daxregion?: boolean
}

/** As `ndctl list` prints a namespace; one of a dynamic region, which ndctl has not, likewise. */
export function ndctlNamespace(
  namespace: NamespaceView,
  { numbers, device, daxregion = false }: NamespaceOptions,
): Record<string, unknown> {
  const { name, uuid, region, size, align, mode, memmap, chardev } = namespace
  const usable = numbers.size(device?.size ?? size)
  return {
    dev: chardev?.replace(/^dax/, 'namespace') ?? name,
    mode,
    map: memmap,
    size: usable,
    uuid,
    ...(daxregion && device !== undefined
      ? {
          daxregion: {
            id: region,
            size: usable,
            align: device.align,
            devices: [daxctlDevice(device, { numbers, mappings: false })],
          },
        }
      : when(chardev !== null, { chardev })),
    align,
    ...when(device?.state === 'disabled', { state: 'disabled' }),
    name,
  }
}
