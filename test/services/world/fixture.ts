import { createWorld, type World } from '../../../src/services/world/world.ts'
import { type ScriptedLedger, scriptedLedger } from './scripted-ledger.ts'

export interface WorldFixture {
  readonly world: World
  readonly ledger: ScriptedLedger
  /** The codes of the failures that made the world go back. */
  readonly rollbacks: string[]
}

/** A world over a scripted ledger; its clock stands still and its views are the keys. */
export async function worldFixture(ledger = scriptedLedger()): Promise<WorldFixture> {
  const rollbacks: string[] = []
  const world = await createWorld({
    ledger,
    clock: { now: () => 1000, monotonic: () => 0, after: () => () => undefined },
    describe: (kind, { revision }) => ({ kind, revision }),
    onRollback: ({ code }) => rollbacks.push(code),
  })
  return { world, ledger, rollbacks }
}

/** How a promise ended: its value, or the code (or message) of its error. */
export async function outcome(promise: Promise<unknown>): Promise<unknown> {
  try {
    return { value: await promise }
  } catch (error) {
    const { code, message } = error as { code?: string; message: string }
    return { error: code ?? message }
  }
}
