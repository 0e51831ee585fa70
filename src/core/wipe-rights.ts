import { DaxError } from './errors.ts'
import type { Principal } from './principal.ts'

/**
 * Memory whose wipe is cancelled is of no use to anybody before it is wiped after all, so only who
 * answers for the whole host may do that.
 * @throws DaxError `forbidden` (EPERM).
 */
export function requireWipeRights({ role, tenant }: Principal): void {
  if (role === 'admin' && tenant === null) return
  throw new DaxError('forbidden', 'Only an admin may cancel the wiping of memory.')
}
