import { openMemoryLedger } from '../../../src/ledger/memory-ledger.ts'
import type { Ledger, LedgerChange } from '../../../src/ports/ledger.ts'

/** A ledger whose commits end when and as the test says. */
export interface ScriptedLedger extends Ledger {
  /** From now on commits wait for {@link ScriptedLedger.release} or {@link ScriptedLedger.fail}. */
  hold(): void
  /** Resolves when a commit waits, with its changes. */
  held(): Promise<readonly LedgerChange[]>
  /** Lets the held commit through; later ones are held still. */
  release(): void
  /** Ends the held commit with an error; nothing of it is kept. */
  fail(error: Error): void
  /** Holds no more, and lets go what is held. */
  open(): void
  /** How many changes each successful commit had. */
  readonly sizes: readonly number[]
}

interface HeldCommit {
  readonly changes: readonly LedgerChange[]
  readonly end: (error: Error | null) => void
}

/** A {@link ScriptedLedger} over `kept`, a memory ledger by default. */
export function scriptedLedger(
  kept: Ledger = openMemoryLedger({ eventsKept: 1000 }),
): ScriptedLedger {
  let holding = false
  let current: HeldCommit | null = null
  let watchers: ((changes: readonly LedgerChange[]) => void)[] = []
  const sizes: number[] = []

  function wait(changes: readonly LedgerChange[]): Promise<Error | null> {
    return new Promise((resolve) => {
      current = { changes, end: resolve }
      for (const watcher of watchers) watcher(changes)
      watchers = []
    })
  }
  function end(error: Error | null): void {
    const commit = current
    if (commit === null) throw new Error('no commit is held')
    current = null
    commit.end(error)
  }
  return {
    ...kept,
    sizes,
    async commit(changes, audits) {
      const error = holding ? await wait(changes) : null
      if (error !== null) throw error
      await kept.commit(changes, audits)
      sizes.push(changes.length)
    },
    hold() {
      holding = true
    },
    held: () =>
      current === null
        ? new Promise((resolve) => watchers.push(resolve))
        : Promise.resolve(current.changes),
    release: () => end(null),
    fail: (error) => end(error),
    open() {
      holding = false
      if (current !== null) end(null)
    },
  }
}
