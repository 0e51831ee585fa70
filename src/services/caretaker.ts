import type { NamespaceRecord } from '../core/model.ts'
import { wipeTarget } from './device-wipe.ts'
import { resumeMappingWipes } from './mapping-wipe.ts'
import { reopenShut } from './quiet.ts'
import { type RecoveryDeps, resumeSlices, settleNamespace } from './recovery.ts'
import { createRounds, type Rounds } from './rounds.ts'

/** How often half-done work is looked for; it is rare, and a look costs one pass of the names. */
const ROUND_INTERVAL_MS = 5000

const HALF_DONE: readonly NamespaceRecord['state'][] = ['creating', 'deleting', 'wiping']

/**
 * Goes on with what a passing failure has cut short: a commit that found the disk full after the
 * host was changed, or a release whose holder was gone. A start does the same for what a crash
 * cut short; this one needs no restart.
 */
export function createCaretaker(deps: RecoveryDeps): Rounds {
  return createRounds(deps, ROUND_INTERVAL_MS, 'half-done work could not be finished', () =>
    round(deps),
  )
}

async function round(deps: RecoveryDeps): Promise<void> {
  const { world, queues, wipes, log } = deps
  if (world.failure() !== null) return
  for (const namespace of [...world.durable.after('namespace', -1)]) {
    const { name, state, region } = namespace
    if (!HALF_DONE.includes(state) || wipes.active(wipeTarget(namespace)) !== undefined) continue
    // Work that is under way holds the region's queue: after it, the state tells if it is stuck. By
    // then the name may be another's, whose work is under way in another region.
    const turn = queues.run(region, async () => {
      const current = world.working.get('namespace', name)
      if (current?.seq !== namespace.seq || !HALF_DONE.includes(current.state)) return
      log.info({ namespace: name, state: current.state }, 'going on with half-done work')
      await settleNamespace(deps, current, false)
    })
    // One that fails again must not keep the others from their turns.
    await turn.catch((err: unknown) =>
      log.warn({ err, namespace: name }, 'it could not be finished'),
    )
  }
  await resumeSlices(deps)
  resumeMappingWipes(deps)
  await reopenShut(deps)
  await deps.specs.goOn()
}
