import { WIPES, type Wipe } from './vocabulary.ts'

/** What is asked for memory, and what others want for it at least. */
export interface WipeWishes {
  readonly requested: Wipe
  /** Of the tenant whose memory it is; absent for the host's own. */
  readonly tenantMinimum?: Wipe
  readonly serviceMinimum: Wipe
}

/** How memory is wiped: the strictest of all that is wished, for no minimum can be undercut. */
export function effectiveWipe(wishes: WipeWishes): Wipe {
  const { requested, tenantMinimum = 'none', serviceMinimum } = wishes
  return [requested, tenantMinimum, serviceMinimum].reduce(stricter)
}

/** The vocabulary lists them from the mildest to the strictest. */
function stricter(left: Wipe, right: Wipe): Wipe {
  return WIPES.indexOf(left) < WIPES.indexOf(right) ? right : left
}
