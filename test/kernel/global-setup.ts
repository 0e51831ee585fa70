import type { TestProject } from 'vitest/node'
import type { GuestAddress } from './rig/guest.ts'
import { guestOptions, startGuests } from './rig/start-guest.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** One for each worker. */
    readonly guests: readonly GuestAddress[]
    /** As `uname -r` says in the guests. */
    readonly kernelRelease: string
  }
}

/** One boot of one guest for each worker, for the whole suite. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const guests = await startGuests(guestOptions(process.env), project.vitest.config.maxWorkers)
  for (const [index, guest] of guests.entries()) {
    const steps = Object.entries(guest.timings).map(([name, ms]) => `${name} ${ms} ms`)
    console.log(
      `kernel rig: guest ${index + 1}: Linux ${guest.release} is up (${steps.join(', ')})`,
    )
  }
  project.provide(
    'guests',
    guests.map(({ address }) => address),
  )
  project.provide('kernelRelease', guests[0]?.release ?? '')
  return async () => void (await Promise.all(guests.map((guest) => guest.stop())))
}
