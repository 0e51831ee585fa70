import type { ClaimView } from '../../schemas/claim.ts'
import type { Log } from '../ports/log.ts'
import { recordName, recordsByClaim } from './claim-records.ts'
import type { ClaimTurns } from './claim-turns.ts'
import type { ClaimTriple } from './dra-services.ts'
import { KubeApiError } from './kube-api.ts'
import type { DraDeps } from './prepare-claim.ts'
import { readResourceClaim, resourceClaimPath } from './resource-claim.ts'
import { releaseRecords } from './unprepare-claim.ts'

export interface SweepDeps extends DraDeps {
  readonly turns: ClaimTurns
  readonly log: Log
  /** How long a record must have been an orphan's before it goes, in milliseconds. */
  readonly graceMs: number
}

export interface OrphanSweep {
  /**
   * Looks once through all that daxd has for this driver, and releases what no ResourceClaim has
   * asked for any more for the grace time. A kubelet calls Unprepare for what it knows of; this is
   * for what it does not: its state was lost, or a late Prepare came after the claim had gone.
   * Nothing is judged while the API server gives no answer, and daxd refuses what is still in use.
   */
  sweep(): Promise<void>
}

/** A sweep that has seen nothing yet: the grace time begins anew with the process. */
export function createOrphanSweep(deps: SweepDeps): OrphanSweep {
  /** When each record was first seen to be an orphan's, in this process's own time. */
  const since = new Map<string, number>()
  return {
    async sweep() {
      const seen = new Set<string>()
      const groups = await recordsByClaim(deps.daxd, deps.owner)
      for (const [uid, { triple, records }] of groups) {
        for (const { name } of records) seen.add(name)
        await deps.turns
          .take(uid, () => sweepClaim(deps, triple, records, since))
          .catch((err: unknown) => {
            deps.log.warn({ ...triple, err }, 'a claim could not be looked after')
          })
      }
      for (const name of since.keys()) if (!seen.has(name)) since.delete(name)
    },
  }
}

async function sweepClaim(
  deps: SweepDeps,
  triple: ClaimTriple,
  records: readonly ClaimView[],
  since: Map<string, number>,
): Promise<void> {
  const orphans = await orphansOf(deps, triple, records)
  for (const { name } of records) if (!orphans.some((one) => one.name === name)) since.delete(name)
  await releaseOld(deps, triple, orphans, since)
}

/** Records that the ResourceClaim, as it is now, does not stand for. */
async function orphansOf(
  { kube, owner }: SweepDeps,
  triple: ClaimTriple,
  records: readonly ClaimView[],
): Promise<readonly ClaimView[]> {
  const object = await kube.get(resourceClaimPath(triple)).catch((error: unknown) => {
    if (error instanceof KubeApiError && error.status === 404) return null
    throw error
  })
  if (object === null) return records
  const claim = readResourceClaim(object, owner.driverName)
  if (claim.uid !== triple.uid || claim.results === null) return records
  // Deallocated and allocated anew, the same claim may mean other devices, or another node's.
  const results = claim.results.filter(({ key }) => key.pool === owner.nodeName)
  const wanted = new Set(results.map(({ key }) => recordName(triple.uid, key)))
  return records.filter(({ name }) => !wanted.has(name))
}

async function releaseOld(
  deps: SweepDeps,
  { namespace, name: claim, uid }: ClaimTriple,
  orphans: readonly ClaimView[],
  since: Map<string, number>,
): Promise<void> {
  const now = performance.now()
  const old = orphans.filter(({ name }) => {
    const first = since.get(name) ?? now
    since.set(name, first)
    return now - first >= deps.graceMs
  })
  if (old.length === 0) return
  const facts = { namespace, claim, uid, records: old.map(({ name }) => name) }
  try {
    await releaseRecords(deps, old)
    deps.log.warn(facts, 'memory of a claim that is gone has been given back')
  } catch (err) {
    deps.log.warn({ ...facts, err }, 'memory of a claim that is gone cannot be given back yet')
  }
}
