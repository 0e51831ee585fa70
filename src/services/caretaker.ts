import type { NamespaceRecord } from '../core/model.ts'
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
  const { world, queues, log } = deps
  if (world.failure() !== null) return
  for (const { name, state, region } of [...world.durable.after('namespace', -1)]) {
    if (!HALF_DONE.includes(state)) continue
    // Work that is under way holds the region's queue: after it, the state tells if it is stuck.
    const turn = queues.run(region, async () => {
      const namespace = world.working.get('namespace', name)
      if (namespace === undefined || !HALF_DONE.includes(namespace.state)) return
      log.info({ namespace: name, state: namespace.state }, 'going on with half-done work')
      await settleNamespace(deps, namespace, false)
    })
    // One that fails again must not keep the others from their turns.
    await turn.catch((err: unknown) =>
      log.warn({ err, namespace: name }, 'it could not be finished'),
    )
  }
  await resumeSlices(deps)
  await reopenShut(deps)
  await deps.specs.goOn()
}
