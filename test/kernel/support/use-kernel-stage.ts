import { afterAll, beforeAll, expect } from 'vitest'
import type { Stage } from '../../contract/stage.ts'
import { connectGuest } from '../rig/guest.ts'
import { type DaxdHost, openDaxdHost } from './daxd-host.ts'
import { type LogMark, markKernelLog } from './kernel-log.ts'
import { kernelStage } from './kernel-stage.ts'
import { ownGuest } from './own-guest.ts'

/** A stage on this file's guest; after the last test the kernel must have had no complaint. */
export function useKernelStage(): Stage {
  const guest = connectGuest(ownGuest())
  let host: DaxdHost | null = null
  let log: LogMark | null = null

  beforeAll(async () => {
    host = await openDaxdHost(guest)
    log = await markKernelLog(guest)
    // Where it is loaded before the devices are there, it would take them all.
    await guest.sh('modprobe kmem')
  })

  afterAll(async () => {
    await host?.end()
    const complaints = await log?.complaints()
    guest.close()
    expect(complaints).toEqual([])
  })

  return kernelStage(guest, () => {
    if (host === null) throw new Error('the suite has not begun')
    return host
  })
}
