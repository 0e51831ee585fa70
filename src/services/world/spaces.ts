import { createDeviceSpace, type DeviceSpace } from '../../core/device-space.ts'
import type { DeviceRecord, MappingRecord, RecordOf } from '../../core/model.ts'
import type { Kind } from '../../core/vocabulary.ts'
import { mappingNumber } from './mapping-number.ts'
import { takesPlace } from './mapping-state.ts'

/**
 * The address spaces of the devices: which offsets mappings take that are live or
 * whose bytes are still to be wiped. They know a mapping by the
 * number of its id.
 */
export interface Spaces {
  /** The space of a device that is there; made when first asked for. */
  of(device: DeviceRecord): DeviceSpace
  apply<K extends Kind>(
    kind: K,
    before: RecordOf[K] | undefined,
    after: RecordOf[K] | undefined,
  ): void
}

/** The address spaces of no devices; each is built when first asked for. */
export function createSpaces(): Spaces {
  const spaces = new Map<string, DeviceSpace>()
  const shapes = new Map<string, DeviceRecord>()

  function spaceOf(device: DeviceRecord): DeviceSpace {
    const known = spaces.get(device.uid)
    if (known !== undefined) return known
    const { size, align, ranges } = device
    const space = createDeviceSpace({ size, align, ranges })
    spaces.set(device.uid, space)
    return space
  }

  /** A device changes shape only while disabled, when nothing live is in its space. */
  function device(before: DeviceRecord | undefined, after: DeviceRecord | undefined): void {
    if (after !== undefined) shapes.set(after.uid, after)
    else if (before !== undefined) shapes.delete(before.uid)
    const gone = after === undefined || after.life.state === 'removed'
    const reshaped = before?.ranges !== after?.ranges || before?.align !== after?.align
    if (before !== undefined && (gone || reshaped)) spaces.delete(before.uid)
  }

  function mapping(before: MappingRecord | undefined, after: MappingRecord | undefined): void {
    const was = before !== undefined && takesPlace(before) ? before : undefined
    const is = after !== undefined && takesPlace(after) ? after : undefined
    if (was !== undefined && is === undefined)
      spaces.get(was.device)?.remove(mappingNumber(was.id), was)
    if (was !== undefined || is === undefined) return
    const record = shapes.get(is.device)
    if (record !== undefined) spaceOf(record).insert(mappingNumber(is.id), is)
  }

  return {
    of: spaceOf,
    apply(kind, before, after) {
      if (kind === 'device') {
        device(before as DeviceRecord | undefined, after as DeviceRecord | undefined)
      } else if (kind === 'mapping') {
        mapping(before as MappingRecord | undefined, after as MappingRecord | undefined)
      }
    },
  }
}
