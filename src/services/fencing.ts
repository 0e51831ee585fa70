import { DaxError } from '../core/errors.ts'
import type { Principal } from '../core/principal.ts'
import { sees } from './ownership.ts'
import type { StateView } from './world/state.ts'

/**
 * Refuses a late call: one that shows the fencing token of a lease under which the object does not
 * live any more, because it has ended and the object, or its name, is a later holder's.
 * @throws DaxError `stale_token` (ESTALE, 410).
 */
export function checkFence(view: StateView, lease: string | null, token: number | undefined): void {
  if (token === undefined) return
  const current = lease === null ? undefined : view.get('lease', lease)
  if (current?.token === token) return
  const detail = `Fencing token ${token} is not that of the lease that this lives under.`
  throw new DaxError('stale_token', detail)
}

/**
 * The same for every change, whatever it is about: who shows the token of a lease that has ended is
 * late with what lives under none, too, as a namespace, a device or a claim that is yet to be made.
 * @throws DaxError `stale_token` (ESTALE, 410).
 */
export function checkLivingFence(
  view: StateView,
  caller: Principal,
  token: number | undefined,
): void {
  if (token === undefined) return
  for (const lease of view.after('lease', -1)) {
    if (lease.token === token && sees(caller, lease.tenant)) return
  }
  throw new DaxError('stale_token', `Fencing token ${token} is of no lease that lives.`)
}
