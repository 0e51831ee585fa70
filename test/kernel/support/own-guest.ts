import { inject } from 'vitest'
import type { GuestAddress } from '../rig/guest.ts'

/** The guest of the worker that runs this file; no other file is in it meanwhile. */
export function ownGuest(): GuestAddress {
  const worker = Number(process.env['VITEST_POOL_ID'])
  const address = inject('guests')[worker - 1]
  if (address === undefined) throw new Error(`there is no guest for worker ${worker}`)
  return address
}
