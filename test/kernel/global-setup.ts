import type { TestProject } from 'vitest/node'
import type { GuestAddress } from './rig/guest.ts'
import { guestOptions, startGuest } from './rig/start-guest.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    readonly guest: GuestAddress
    /** As `uname -r` says in the guest. */
    readonly kernelRelease: string
  }
}

/** One boot for the whole suite. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const guest = await startGuest(guestOptions(process.env))
  const steps = Object.entries(guest.timings).map(([name, ms]) => `${name} ${ms} ms`)
  console.log(`kernel rig: Linux ${guest.release} is up (${steps.join(', ')})`)
  project.provide('guest', guest.address)
  project.provide('kernelRelease', guest.release)
  return () => guest.stop()
}
