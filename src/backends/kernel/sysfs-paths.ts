import { join } from 'node:path'

/** The drivers of the dax bus that daxd binds devices to. */
export type DaxDriver = 'device_dax' | 'kmem'

type Root = { readonly sysRoot: string }

/** Source: Documentation/ABI/testing/sysfs-bus-dax. */
export function daxDevicesPath({ sysRoot }: Root): string {
  return join(sysRoot, 'bus/dax/devices')
}

export function daxDevicePath(host: Root, chardev: string): string {
  return join(daxDevicesPath(host), chardev)
}

export function driverPath({ sysRoot }: Root, driver: DaxDriver): string {
  return join(sysRoot, 'bus/dax/drivers', driver)
}

/** Source: Documentation/ABI/testing/sysfs-bus-nvdimm. */
export function ndDevicesPath({ sysRoot }: Root): string {
  return join(sysRoot, 'bus/nd/devices')
}

export function memoryPath({ sysRoot }: Root): string {
  return join(sysRoot, 'devices/system/memory')
}
