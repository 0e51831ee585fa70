import type { ClaimView } from '../../schemas/claim.ts'
import { recordsOf } from './claim-records.ts'
import { isRefusal } from './daxd-error.ts'
import type { ClaimTriple, UnprepareAnswer } from './dra-services.ts'
import type { DraDeps } from './prepare-claim.ts'
import { explain } from './refusal-advice.ts'

/** What a release needs; the API server may have forgotten the claim already. */
export type ReleaseDeps = Pick<DraDeps, 'daxd' | 'owner'>

/**
 * Gives back what a ResourceClaim has, or says why that is not possible; throws nothing. What
 * nobody has heard of is given back already. Wiping is not waited for: daxd goes on with it, over
 * restarts too, and gives the memory to nobody before its end.
 */
export async function unprepareClaim(
  deps: ReleaseDeps,
  triple: ClaimTriple,
): Promise<UnprepareAnswer> {
  try {
    const records = await recordsOf(deps.daxd, deps.owner, triple)
    await releaseRecords(deps, records)
    return { error: '' }
  } catch (error) {
    return { error: explain(error) }
  }
}

/** Releases all, also those after one that cannot be. @throws the first one's reason. */
export async function releaseRecords(
  { daxd }: ReleaseDeps,
  records: readonly ClaimView[],
): Promise<void> {
  const outcomes = await Promise.allSettled(records.map((record) => release(daxd, record)))
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason
}

async function release(daxd: ReleaseDeps['daxd'], { name, state }: ClaimView): Promise<void> {
  if (state === 'releasing') return
  try {
    // 204, or 202 while daxd wipes.
    await daxd.call({ method: 'DELETE', path: `/v1/claims/${name}` })
  } catch (error) {
    if (isRefusal(error, 'no_such_claim')) return
    if (!isRefusal(error, 'in_transition')) throw error
    // Being released is as good; being made, by a call whose answer got lost, is not.
    const now = await daxd.get<ClaimView>(`/v1/claims/${name}`).catch(goneAlready)
    if (now !== null && now.state !== 'releasing') throw error
  }
}

function goneAlready(error: unknown): null {
  if (isRefusal(error, 'no_such_claim')) return null
  throw error
}
