import { effectiveWipe } from '../core/effective-wipe.ts'
import type { ClaimRecord } from '../core/model.ts'
import type { Wipe } from '../core/vocabulary.ts'
import type { StateView } from './world/state.ts'

/** How the memory of a claim is wiped: as it was promised, or as its pool is at least. */
export function wipeOf(view: StateView, { wipe, request, namespace }: ClaimRecord): Wipe {
  const pool = namespace === null ? undefined : view.get('namespace', namespace)
  return effectiveWipe({ requested: wipe ?? request.wipe, serviceMinimum: pool?.wipe ?? 'none' })
}
