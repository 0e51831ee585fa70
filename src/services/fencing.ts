import { DaxError } from '../core/errors.ts'
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
