import { join } from 'node:path'

/** The drivers of the dax bus that daxd binds devices to. */
export type DaxDriver = 'device_dax' | 'kmem'

type Root = { readonly sysRoot: string }

/** Source: Documentation/ABI/testing/sysfs-bus-dax. */
export function daxDevicesPath({ sysRoot }: Root): string {
  return join(sysRoot, 'bus/dax/devices')
}

/** One device of the dax bus. Source: Documentation/ABI/testing/sysfs-bus-dax. */
export function daxDevicePath(host: Root, chardev: string): string {
  return join(daxDevicesPath(host), chardev)
}

/** A driver of the dax bus, with its `bind`, `unbind` and `new_id`. */
export function driverPath({ sysRoot }: Root, driver: string): string {
  return join(sysRoot, 'bus/dax/drivers', driver)
}

/** Source: Documentation/ABI/testing/sysfs-bus-nvdimm. */
export function ndDevicesPath({ sysRoot }: Root): string {
  return join(sysRoot, 'bus/nd/devices')
}

/** Memory blocks. Source: Documentation/ABI/testing/sysfs-devices-memory. */
export function memoryPath({ sysRoot }: Root): string {
  return join(sysRoot, 'devices/system/memory')
}

/** A loaded module. Source: Documentation/ABI/stable/sysfs-module. */
export function modulePath({ sysRoot }: Root, module: string): string {
  return join(sysRoot, 'module', module)
}
