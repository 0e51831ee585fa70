import { DaxError } from '../core/errors.ts'
import type { DeviceRecord, RegionRecord } from '../core/model.ts'
import type { HostDeps } from './deps.ts'
import { need } from './lookup.ts'
import { retireDevice } from './retire.ts'

/**
 * Gives back the devices that the kernel itself makes over a whole dynamic region at boot, so that
 * the region's memory can be handed out. One that is used, or that a namespace owns, stays.
 */
export async function releaseDefaultDevices(deps: HostDeps): Promise<void> {
  const { world, queues, log } = deps
  for (const region of [...world.working.after('region', -1)]) {
    const device = defaultDevice(deps, region)
    if (device === null) continue
    const { chardev } = device
    try {
      await queues.run(region.id, () => retireDevice(deps, device.uid, false, {}))
      log.info({ chardev, region: region.id }, 'default device released')
    } catch (err) {
      if (!(err instanceof DaxError)) throw err
      log.warn({ err, chardev, region: region.id }, 'default device left in place')
    }
  }
}

/** Source: drivers/dax/hmem/hmem.c and cxl.c: id 0 over the whole range, made at probe. */
function defaultDevice({ world }: HostDeps, region: RegionRecord): DeviceRecord | null {
  const uid = world.working.index.bearer(`dax${region.id}.0`)
  if (region.kind !== 'dynamic' || uid === undefined) return null
  const device = need(world.working, 'device', uid)
  return device.namespace === null && device.size === region.size ? device : null
}
