import type { NamespaceRecord } from '../core/model.ts'
import type { HostDeps } from './deps.ts'
import { reshapeIntent } from './reshape-intent.ts'

/**
 * Which namespaces of a region are not as wanted, by one look at it: most are, and a look for each
 * of a thousand would keep everybody waiting for the start.
 */
export async function unsettledIn(
  { world, backend }: Pick<HostDeps, 'world' | 'backend'>,
  region: number,
  rebooted: boolean,
): Promise<(namespace: NamespaceRecord) => boolean> {
  if (rebooted) return () => true
  const host = await backend.discover(region)
  const enabled = new Map(host.devices.map((device) => [device.chardev, device.enabled]))
  return ({ state, device: uid }) => {
    const device = world.working.get('device', uid ?? '')
    if (state !== 'active' || device === undefined) return true
    if (reshapeIntent(world, device.uid) !== null) return true
    const shown = enabled.get(device.chardev)
    return shown !== undefined && shown !== (device.life.state === 'enabled')
  }
}
