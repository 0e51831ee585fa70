import type { Mode } from '../../core/vocabulary.ts'
import type { BusDevice } from './dax-bus.ts'
import type { DeviceNodes } from './device-nodes.ts'

/** A driver has it: it can be opened, or is system memory, or serves a file system. */
export function isEnabled({ driver }: BusDevice): boolean {
  return driver !== null
}

/**
 * The mode a device is in, or, while disabled, is meant for. The kernel keeps no mode of a device
 * without a driver, so the mark that {@link DeviceNodes} keeps beside the nodes is asked.
 */
export async function modeOf(
  { nodes }: { readonly nodes: DeviceNodes },
  { chardev, driver }: BusDevice,
): Promise<Mode> {
  if (driver === 'kmem') return 'system-ram'
  if (driver !== null) return 'devdax'
  return (await nodes.isForSystemRam(chardev)) ? 'system-ram' : 'devdax'
}
