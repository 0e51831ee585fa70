import type { DeviceRecord } from '../../../src/core/model.ts'
import { type Align, bytes } from '../../../src/core/units.ts'
import type { Draft } from '../../../src/services/world/transaction.ts'

/** The smallest part of a {@link deviceDraft} that can be mapped, bytes. */
const UNIT = 4096 as number as Align

/** An enabled device of `units` units, as a service would write it. */
export function deviceDraft(uid: string, chardev: string, units = 16): Draft<'device'> {
  const size = bytes(units * UNIT)
  return {
    uid,
    chardev,
    region: 0,
    namespace: null,
    path: `/dev/${chardev}`,
    major: 252,
    minor: 1,
    align: UNIT,
    memmap: 'mem',
    mode: 'devdax',
    target_node: 0,
    extents: [{ start: bytes(0), size }],
    ranges: [{ offset: bytes(0), start: bytes(0), size }],
    size,
    life: { state: 'enabled', generation: 1 },
    first_generation: 1,
    drift: null,
    labels: {},
  }
}

export function leaseDraft(id: string, claim: string | null = null): Draft<'lease'> {
  return {
    id,
    holder: 'h',
    ttl_ms: 1000,
    token: 1,
    expires_ms: 1000,
    claim,
    tenant: null,
    labels: {},
  }
}

export function handleDraft(
  id: string,
  device: Pick<DeviceRecord, 'uid' | 'chardev'>,
  lease: string | null = null,
): Draft<'handle'> {
  return {
    id,
    device: device.uid,
    chardev: device.chardev,
    generation: 1,
    holder: 'h',
    access: 'rw',
    lease,
    claim: null,
    tenant: null,
    labels: {},
  }
}

/** An exclusive live mapping of one unit. */
export function mappingDraft(
  id: string,
  device: Pick<DeviceRecord, 'uid' | 'chardev'>,
  unit: number,
  lease: string | null = null,
): Draft<'mapping'> {
  return {
    id,
    handle: 'h-0',
    device: device.uid,
    chardev: device.chardev,
    generation: 1,
    holder: 'h',
    lease,
    claim: null,
    tenant: null,
    offset: bytes(unit * UNIT),
    length: bytes(UNIT),
    align: UNIT,
    flags: ['MAP_SHARED'],
    prot: ['PROT_READ'],
    dontfork: false,
    exclusive: true,
    state: 'live',
    labels: {},
  }
}

export function namespaceDraft(name: string, uuid: string): Draft<'namespace'> {
  const shape = {
    align: UNIT,
    mode: 'devdax',
    memmap: 'mem',
    contiguous: false,
    pool: false,
    wipe: 'none',
    enabled: true,
  } as const
  return {
    ...shape,
    name,
    uuid,
    region: 0,
    size: bytes(UNIT),
    state: 'active',
    device: null,
    chardev: null,
    claim: null,
    tenant: null,
    request: { ...shape, size: bytes(UNIT), labels: {} },
    problem: null,
    labels: {},
  }
}
