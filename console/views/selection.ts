/** What the views read out of the state, each worked out once for each change. */
import { computed, type ReadonlySignal } from '@preact/signals'
import type { DeviceView, OperationView, RegionView } from '../../client/src/index.ts'
import type { HostState } from '../data/host-state.ts'
import { naturalOrder } from '../model/natural-order.ts'
import { type Lookup, type Occupancy, occupancyOf, ownerOfDevice } from '../model/occupancy.ts'
import type { TakenPiece } from '../model/pieces.ts'

export interface Selection {
  /** By id. */
  readonly regions: ReadonlySignal<readonly RegionView[]>
  /** Those that hold memory or belong to a namespace, by name; idle slots are left out. */
  readonly devices: ReadonlySignal<readonly DeviceView[]>
  readonly occupancies: ReadonlySignal<ReadonlyMap<number, Occupancy>>
  readonly unfinished: ReadonlySignal<readonly OperationView[]>
  ownerOf(device: DeviceView): string
  /** Handles and mappings that hold a device. */
  refsOf(device: DeviceView): DeviceView['refs']
}

/** Readings of a state; `reserved` tells what of each region is taken without a device. */
export function createSelection(
  state: HostState,
  reserved: ReadonlySignal<ReadonlyMap<number, readonly TakenPiece[]>>,
): Selection {
  const { namespaces, claims, references } = state
  const lookup: Lookup = { namespace: namespaces.get, claim: claims.get }
  const regions = computed(() => {
    void state.regions.version.value
    return [...state.regions.rows()].sort((left, right) => left.id - right.id)
  })
  const devices = computed(() => {
    void state.devices.version.value
    return state.devices
      .rows()
      .filter(({ size, namespace }) => size > 0 || namespace !== null)
      .sort((left, right) => naturalOrder(left.chardev, right.chardev))
  })
  const occupancies = computed(() => {
    void namespaces.version.value
    void claims.version.value
    const byRegion = Map.groupBy(devices.value, ({ region }) => region)
    return new Map(
      regions.value.map((region) => {
        const { id } = region
        const taken = reserved.value.get(id) ?? []
        return [id, occupancyOf(region, byRegion.get(id) ?? [], taken, lookup)]
      }),
    )
  })
  const unfinished = computed(() => {
    void state.operations.version.value
    return state.operations.rows().filter(({ finished_at }) => finished_at === null)
  })
  return {
    regions,
    devices,
    occupancies,
    unfinished,
    ownerOf: (device) => ownerOfDevice(device, lookup),
    refsOf(device) {
      void references.version.value
      if (!references.isComplete()) return device.refs
      return {
        handles: references.count('handle', device),
        mappings: references.count('mapping', device),
      }
    },
  }
}
