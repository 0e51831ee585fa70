import { access, open } from 'node:fs/promises'
import { join } from 'node:path'
import type { Backend } from '../../ports/backend.ts'
import type { Topology } from './topology.ts'

/** Where it is written down that the host was made; beside the host's own records. */
const MARKER = 'host/seeded'

/**
 * Gives a new emulated host its regions and recorded devices, once in its life: later the host is
 * what its users have made of it. A start that was cut short goes on where it ended.
 * @returns false when the host was made before and the topology was left aside.
 * @throws DaxError as the backend's own calls.
 */
export async function seedHost(
  backend: Backend,
  directory: string,
  topology: Topology,
): Promise<boolean> {
  const marker = join(directory, MARKER)
  if (await exists(marker)) return false
  const host = await backend.discover()
  const regions = new Set(host.regions.map(({ id }) => id))
  for (const region of topology.regions) {
    if (!regions.has(region.id)) await backend.defineRegion?.(region)
  }
  const devices = new Map(host.devices.map((device) => [device.chardev, device]))
  for (const device of topology.devices) {
    if ((devices.get(device.chardev)?.extents.length ?? 0) === 0) {
      await backend.create({ ...device, name: device.chardev, uuid: '' })
    }
    if (device.enabled) await backend.enable(device.chardev)
  }
  const file = await open(marker, 'w', 0o600)
  try {
    await file.sync()
  } finally {
    await file.close()
  }
  return true
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch {
    return false
  }
}
