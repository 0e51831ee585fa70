import type { DeviceView, NamespaceView } from '../../../schemas/index.ts'
import { UsageError } from '../../usage-error.ts'
import type { Session } from '../session.ts'
import { chardevOf, isNamespaceNamed, regionFilter } from './list-selection.ts'

/** An object that was named, or a name that nothing has. */
export type Target<T> = { readonly name: string; readonly found: T | undefined }

const ALL = 'all'

/**
 * The devices that the operands of a command name: each by its name, or `all` of them that have
 * memory; those of a region only, where one is given.
 * @throws UsageError when nothing is named.
 */
export async function findDevices(
  { daxd, signal }: Session,
  names: readonly string[],
  region: string | undefined,
): Promise<readonly Target<DeviceView>[]> {
  if (names.length === 0) throw new UsageError('Name a device, as dax0.1, or "all".')
  const isRegion = regionFilter(region)
  const devices = (await daxd.devices.list({ idle: true }, { signal }).all()).filter((device) =>
    isRegion(device.region),
  )
  if (names.includes(ALL)) {
    return devices.filter(({ size }) => size > 0).map((found) => ({ name: found.chardev, found }))
  }
  return names.map((given) => {
    const name = chardevOf(given)
    return { name, found: devices.find(({ chardev }) => chardev === name) }
  })
}

/** The namespaces that the operands name, by any of their names; else as {@link findDevices}. */
export async function findNamespaces(
  { daxd, signal }: Session,
  names: readonly string[],
  region: string | undefined,
): Promise<readonly Target<NamespaceView>[]> {
  if (names.length === 0) throw new UsageError('Name a namespace, or "all".')
  const isRegion = regionFilter(region)
  const namespaces = (await daxd.namespaces.list({}, { signal }).all()).filter((namespace) =>
    isRegion(namespace.region),
  )
  if (names.includes(ALL)) return namespaces.map((found) => ({ name: found.name, found }))
  return names.map((name) => ({
    name,
    found: namespaces.find((namespace) => isNamespaceNamed(name, namespace)),
  }))
}
