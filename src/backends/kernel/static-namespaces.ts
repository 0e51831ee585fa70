import { isDeepStrictEqual } from 'node:util'
import { DaxError } from '../../core/errors.ts'
import { totalSize } from '../../core/extent.ts'
import type { DevicePlan, DeviceShape, HostDevice } from '../../ports/backend.ts'
import { unbindDriver } from './bind-driver.ts'
import { type BusDevice, readBusDevices, requireBusDevice } from './dax-bus.ts'
import { readHostDevice } from './discover.ts'
import type { KernelHost } from './kernel-host.ts'
import { waitFor } from './kernel-timeouts.ts'
import { type NdNamespace, readNdNamespaces, readNdRegions } from './nd-bus.ts'
import {
  createNamespace,
  destroyNamespace,
  disableNamespace,
  enableNamespace,
  reconfigureNamespace,
} from './ndctl.ts'
import { namespaceOf, readBacking } from './static-region-views.ts'

/**
 * Makes a namespace of a region of libnvdimm and its device, disabled. One that has the plan's
 * uuid is what an earlier call has made: it is brought up instead. libnvdimm places namespaces by
 * itself, so it may end elsewhere than planned; one that is then smaller than planned, as less can
 * be mapped of a start that is aligned worse, is taken away again.
 *
 * @throws DaxError `no_such_region`, `unsupported` for a region without labels or a place of which
 *   too little can be mapped, `no_space`, `uuid_taken`, `backend_failed`, `backend_timeout`.
 */
export async function createStatic(host: KernelHost, plan: DevicePlan): Promise<HostDevice> {
  await requireLabels(host, plan.region)
  const earlier = await namespaceWith(host, plan.uuid)
  const dev = earlier?.dev ?? (await createNamespace(host, { ...plan, size: rawSize(plan) }))
  try {
    if (earlier !== null) await requireSamePlan(earlier, plan)
    const device = await bringUp(host, dev)
    await unbindDriver(host, device)
    await host.nodes.markSystemRam(device.chardev, plan.mode === 'system-ram')
    const made = await readHostDevice(host, device.chardev)
    requireEnough(plan, made)
    return made
  } catch (error) {
    // What was there before the call is not ours to take away.
    if (earlier === null) await undoCreate(host, dev)
    throw error
  }
}

/** Frees the namespace of a disabled device. Repeatable. */
export async function destroyStatic(host: KernelHost, device: BusDevice): Promise<void> {
  const backing = await readBacking(device, await readNdNamespaces(host))
  if (backing === null) return
  await disableNamespace(host, backing.namespace.dev)
  await destroyNamespace(host, backing.namespace.dev)
}

/**
 * Brings the device of a disabled namespace onto the dax bus, null when there is no such
 * namespace. It may come up enabled.
 * @throws DaxError `backend_timeout`, `backend_failed`.
 */
export async function awakenStatic(host: KernelHost, chardev: string): Promise<BusDevice | null> {
  const dev = namespaceOf(chardev)
  const namespaces = await readNdNamespaces(host)
  return namespaces.some((item) => item.dev === dev) ? bringUp(host, dev) : null
}

/**
 * Another align or mode for a disabled static device; its namespace keeps size and place.
 * @throws DaxError `unsupported` where the data would move.
 */
export async function reshapeStatic(
  host: KernelHost,
  device: BusDevice,
  shape: DeviceShape,
): Promise<HostDevice> {
  const before = await readHostDevice(host, device.chardev)
  const isSamePlace =
    isDeepStrictEqual(shape.extents, before.extents) &&
    isDeepStrictEqual(shape.ranges, before.ranges)
  if (!isSamePlace || shape.memmap !== before.memmap) {
    const detail = `${device.chardev} is static: with that align or memmap its data would move.`
    throw new DaxError('unsupported', detail)
  }
  if (shape.align !== before.align) {
    const backing = await readBacking(device, await readNdNamespaces(host))
    const dev = backing?.namespace.dev ?? namespaceOf(device.chardev)
    const { align, memmap } = shape
    const next = await bringUp(host, await reconfigureNamespace(host, { dev, align, memmap }))
    await unbindDriver(host, next)
  }
  await host.nodes.markSystemRam(device.chardev, shape.mode === 'system-ram')
  return readHostDevice(host, device.chardev)
}

/** @throws DaxError `no_such_region`, `unsupported`. */
async function requireLabels(host: KernelHost, id: number): Promise<void> {
  const region = (await readNdRegions(host)).find((item) => item.id === id)
  if (region === undefined) throw new DaxError('no_such_region', `There is no region ${id}.`)
  if (region.labelled) return
  throw new DaxError(
    'unsupported',
    `Region ${id} has no labels, so it is one namespace; "ndctl init-labels" would make them.`,
  )
}

async function namespaceWith(host: KernelHost, uuid: string): Promise<NdNamespace | null> {
  if (uuid === '') return null
  const namespaces = await readNdNamespaces(host)
  return namespaces.find((item) => item.uuid === uuid.toLowerCase()) ?? null
}

async function requireSamePlan(earlier: NdNamespace, plan: DevicePlan): Promise<void> {
  if (earlier.region === plan.region && earlier.extent.size === rawSize(plan)) return
  throw new DaxError('uuid_taken', `${earlier.dev} has the uuid ${plan.uuid} already.`)
}

function requireEnough(plan: DevicePlan, made: HostDevice): void {
  const { align, memmap, extents, ranges } = made
  const isAsked = align === plan.align && memmap === plan.memmap
  const isWhole = totalSize(extents) === totalSize(plan.extents)
  if (isAsked && isWhole && totalSize(ranges) >= totalSize(plan.ranges)) return
  const detail = `libnvdimm would place ${plan.name} where less of it can be mapped than planned.`
  throw new DaxError('unsupported', detail)
}

function rawSize(plan: DevicePlan) {
  return totalSize(plan.extents)
}

/** The device of a namespace, which is enabled if it was not. */
async function bringUp(host: KernelHost, dev: string): Promise<BusDevice> {
  const there = await deviceOf(host, dev)
  if (there !== null) return requireBusDevice(host, there.chardev)
  await enableNamespace(host, dev)
  const device = await waitFor(() => deviceOf(host, dev), host.timeouts.appearMs)
  if (device !== null) return device
  throw new DaxError('backend_timeout', `The device of ${dev} did not appear in time.`)
}

async function deviceOf(host: KernelHost, dev: string): Promise<BusDevice | null> {
  const namespaces = await readNdNamespaces(host)
  for (const device of await readBusDevices(host)) {
    if (device.kind !== 'static') continue
    if ((await readBacking(device, namespaces))?.namespace.dev === dev) return device
  }
  return null
}

async function undoCreate(host: KernelHost, dev: string): Promise<void> {
  try {
    const device = await deviceOf(host, dev)
    await disableNamespace(host, dev)
    await destroyNamespace(host, dev)
    if (device !== null) await host.nodes.forget(device.chardev)
  } catch (error) {
    host.log.error({ err: error, dev }, 'a namespace that was not to be stays')
  }
}
