import { DaxError } from '../../core/errors.ts'
import { unbindDriver } from './bind-driver.ts'
import { type BusDevice, readBusDevice, requireBusDevice } from './dax-bus.ts'
import { isEnabled } from './device-mode.ts'
import type { KernelHost } from './kernel-host.ts'
import { usersOf } from './observe-users.ts'

/**
 * Nobody opens the device by its path until {@link unfenceDevice}. Repeatable.
 * @throws DaxError `no_such_device`.
 */
export async function fenceDevice(host: KernelHost, chardev: string): Promise<void> {
  const device = await requireBusDevice(host, chardev)
  await host.nodes.hide(device)
  if (!isEnabled(device)) await host.nodes.standIn(device)
}

/**
 * Opens the path again; that of a disabled device which somebody still holds stays shut.
 * @throws DaxError `no_such_device`.
 */
export async function unfenceDevice(host: KernelHost, chardev: string): Promise<void> {
  const device = await requireBusDevice(host, chardev)
  if (isEnabled(device)) return showOpen(host, device)
  if ((await usersOf(host, device)).length === 0) await host.nodes.show(device)
}

/** Shows the node of a device with a driver: from here on anybody may come to hold it. */
export async function showOpen(host: KernelHost, device: BusDevice): Promise<void> {
  try {
    await host.nodes.show(device)
  } finally {
    host.quiet.forget(device.chardev)
  }
}

/**
 * The node of a device that has just lost its driver: as it was when nobody holds the device, else
 * a stand-in, through which the device cannot be opened.
 */
export async function shutNode(host: KernelHost, device: BusDevice): Promise<void> {
  if (host.quiet.has(device)) return host.nodes.show(device)
  await host.nodes.hide(device)
  await host.nodes.standIn(device)
}

/**
 * A device with a driver behind a stand-in was being wiped, or had not come up yet, when daxd
 * ended: what is still in it is nobody's to see, so that its node must not come back.
 */
async function endBind(host: KernelHost, device: BusDevice): Promise<void> {
  await unbindDriver(host, device)
  await shutNode(host, device)
}

/** Ends the fences that an earlier daxd has left. What cannot be shown now is tried at enable. */
export async function recoverFences(host: KernelHost): Promise<void> {
  for (const chardev of await host.nodes.hidden()) {
    try {
      const device = await readBusDevice(host, chardev)
      if (device === null) await host.nodes.forget(chardev)
      else if (isEnabled(device) && (await host.nodes.hasStandIn(chardev))) {
        await endBind(host, device)
      } else await unfenceDevice(host, chardev)
    } catch (error) {
      if (!(error instanceof DaxError)) throw error
      host.log.warn({ err: error, chardev }, 'the node of a device stays hidden')
    }
  }
}
