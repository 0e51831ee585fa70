import type { Random } from '../rows/random.ts'
import { type Caller, jsonOf } from './caller.ts'
import { idsOf } from './outcomes.ts'

const MIB = 2 ** 20
export const UNIT_BYTES = 2 * MIB
/** Sizes are log-uniform: 1 to 63 units. */
const SIZE_UNITS_LOG2_MAX = 6
/** Their mean, by which devices are cut so that some three quarters are mapped. */
const SIZE_UNITS_MEAN = 63 / Math.log(64)
const FILLED = 0.75
const DEVICES = 16
export const REGIONS = 4
/** What a region has beside its devices: for pools, claims, and namespaces that come and go. */
const REGION_SPARE_BYTES = 64 * 1024 * MIB
export const POOL_BYTES = 16 * 1024 * MIB
const FILL_BATCH = 500
/** Long enough for any host work here, so that 202 is never the answer. */
export const WAIT = { prefer: 'wait=60' }

/** A mapping that stands: it is replaced by another on the same device, again and again. */
export interface Slot {
  id: string
  length: number
}

/** What one client has on one device. */
export interface Holding {
  readonly chardev: string
  handle: string
  readonly slots: Slot[]
}

/** Devices of the standing population and the sizes that go with so many mappings. */
export interface Scale {
  readonly devices: number
  readonly deviceBytes: number
  readonly regionBytes: number
}

/** Devices as large as so many mappings of random sizes need, whole GiB. */
export function scaleOf(live: number): Scale {
  const gib = 1024 * MIB
  const needed = ((live / DEVICES) * SIZE_UNITS_MEAN * UNIT_BYTES) / FILLED
  // Few mappings scatter more about their mean: one GiB is there for that.
  const deviceBytes = (Math.ceil(needed / gib) + 1) * gib
  const regionBytes = (DEVICES / REGIONS) * deviceBytes + REGION_SPARE_BYTES
  return { devices: DEVICES, deviceBytes, regionBytes }
}

/** A size that is a multiple of the unit, small ones more often. */
export function drawLength(random: Random): number {
  return Math.floor(2 ** (random.unit() * SIZE_UNITS_LOG2_MAX)) * UNIT_BYTES
}

/** Makes a namespace and answers its device's name. */
export async function makeNamespace(caller: Caller, body: object): Promise<string> {
  const answer = await caller.call({
    method: 'POST',
    path: '/v1/namespaces',
    body,
    headers: WAIT,
    expect: [201],
  })
  return jsonOf<{ chardev: string }>(answer).chardev
}

export async function openDevice(caller: Caller, chardev: string, holder: string): Promise<string> {
  const path = `/v1/devices/${chardev}/handles`
  const answer = await caller.call({ method: 'POST', path, body: { holder }, expect: [201] })
  return jsonOf<{ id: string }>(answer).id
}

/** Makes the devices, spread over the regions; their names. */
export async function makeDevices(caller: Caller, scale: Scale): Promise<string[]> {
  const chardevs: string[] = []
  for (let at = 0; at < scale.devices; at += 1) {
    const body = { name: `churn-${at}`, region: at % REGIONS, size: scale.deviceBytes }
    chardevs.push(await makeNamespace(caller, body))
  }
  return chardevs
}

/** Opens every device for a client and maps its part of the standing population there. */
export async function settle(
  caller: Caller,
  wanted: {
    readonly holder: string
    readonly chardevs: readonly string[]
    readonly slotsADevice: number
    readonly random: Random
  },
): Promise<Holding[]> {
  const { holder, chardevs, slotsADevice, random } = wanted
  const holdings: Holding[] = []
  for (const chardev of chardevs) {
    const handle = await openDevice(caller, chardev, holder)
    const slots: Slot[] = []
    while (slots.length < slotsADevice) {
      const count = Math.min(FILL_BATCH, slotsADevice - slots.length)
      const lengths = Array.from({ length: count }, () => drawLength(random))
      const operations = lengths.map((length) => ({ op: 'map', handle, length }))
      const body = { atomic: true, operations }
      const path = '/v1/batch'
      const ids = idsOf(await caller.call({ method: 'POST', path, body, expect: [200] }))
      slots.push(...lengths.map((length, at) => ({ id: ids[at] ?? '', length })))
    }
    holdings.push({ chardev, handle, slots })
  }
  return holdings
}
