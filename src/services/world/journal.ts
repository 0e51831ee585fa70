import { DaxError } from '../../core/errors.ts'
import type { Ledger, LedgerChange, LedgerEvent } from '../../ports/ledger.ts'

/** One transaction on its way to the disk. */
export interface Entry {
  readonly changes: readonly LedgerChange[]
  /** The audit's entry of it; there may be one without any change. */
  readonly audit: string | null
  /** Called in commit order once the entry is durable, before its promise resolves. */
  readonly apply: () => void
}

/** Figures of the group commit; their quotient is the records per fsync. */
export interface JournalFigures {
  readonly commits: number
  readonly records: number
  readonly waiting: number
  /** Records of what waits; what is at the disk just now is not among them. */
  readonly waitingRecords: number
  /** What the newest commit took along: as its entries hear of it, their own. */
  readonly lastGroup: { readonly entries: number; readonly records: number }
}

/**
 * The group commit: entries gather while one commit is in flight and go to the disk together.
 * If a commit fails, every entry built on it fails with it, and the owner throws away what is
 * not durable.
 */
export interface Journal {
  /** Resolves when the entry is durable and applied. */
  append(entry: Entry): Promise<void>
  /** Resolves when all that was appended before the call is durable. */
  barrier(): Promise<void>
  /** Resolves when nothing is waiting. */
  idle(): Promise<void>
  figures(): JournalFigures
  /** Why nothing can be written any more, null while all is well. */
  failure(): DaxError | null
}

interface Waiting extends Entry {
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Records in one commit at most, so that one commit's time is bounded. */
const COMMIT_RECORDS_MAX = 20_000

/**
 * A journal over an open ledger; `onFailure` runs before the waiters of a failed commit hear of it.
 */
export function createJournal(
  ledger: Pick<Ledger, 'commit'>,
  hooks: {
    readonly onFailure: (error: DaxError) => void
    /** Must not throw: what is told is durable, whatever becomes of the telling. */
    readonly onCommitted: (events: readonly LedgerEvent[]) => void
  },
): Journal {
  let waiting: Waiting[] = []
  let waitingRecords = 0
  let running = false
  let commits = 0
  let records = 0
  let lastGroup = { entries: 0, records: 0 }
  let failure: DaxError | null = null
  const idlers: (() => void)[] = []

  function takeGroup(): Waiting[] {
    const group = waiting.splice(0, groupLength(waiting))
    for (const { changes } of group) waitingRecords -= changes.length
    return group
  }

  function fail(group: Waiting[], cause: unknown): void {
    const error = cause instanceof DaxError ? cause : unwritable(cause)
    if (error.code !== 'ledger_full') failure = error
    const lost = [...group, ...waiting]
    waiting = []
    waitingRecords = 0
    hooks.onFailure(error)
    for (const entry of lost) entry.reject(error)
  }

  function succeed(group: Waiting[], changes: readonly LedgerChange[]): void {
    if (changes.length > 0) commits += 1
    records += changes.length
    lastGroup = { entries: group.length, records: changes.length }
    try {
      for (const entry of group) entry.apply()
    } catch (defect) {
      const detail = 'The state in memory could not follow the ledger; a restart reads it anew.'
      fail(group, new DaxError('internal', detail, {}, defect))
      return
    }
    const events = changes.flatMap((change) => (change.event === undefined ? [] : [change.event]))
    hooks.onCommitted(events)
    for (const entry of group) entry.resolve()
  }

  async function run(): Promise<void> {
    while (waiting.length > 0) {
      const group = takeGroup()
      const changes = group.flatMap((entry) => entry.changes)
      const audits = group.flatMap(({ audit }) => (audit === null ? [] : [audit]))
      try {
        if (changes.length > 0 || audits.length > 0) await ledger.commit(changes, audits)
      } catch (error) {
        fail(group, error)
        continue
      }
      succeed(group, changes)
    }
    running = false
    for (const resolve of idlers.splice(0)) resolve()
  }

  function append(entry: Entry): Promise<void> {
    if (failure !== null) return Promise.reject(failure)
    return new Promise((resolve, reject) => {
      waiting.push({ ...entry, resolve, reject })
      waitingRecords += entry.changes.length
      if (running) return
      running = true
      // Requests that arrived in the same turn of the loop join the first commit.
      setImmediate(() => void run())
    })
  }

  return {
    append,
    barrier: () =>
      running ? append({ changes: [], audit: null, apply: () => undefined }) : Promise.resolve(),
    idle: () => (running ? new Promise((resolve) => idlers.push(resolve)) : Promise.resolve()),
    figures: () => ({ commits, records, waiting: waiting.length, waitingRecords, lastGroup }),
    failure: () => failure,
  }
}

/** How many of the entries that wait go into one commit: one at least. */
function groupLength(waiting: readonly Entry[]): number {
  let total = 0
  let count = 0
  for (const { changes } of waiting) {
    total += changes.length
    if (count > 0 && total > COMMIT_RECORDS_MAX) break
    count += 1
  }
  return count
}

function unwritable(cause: unknown): DaxError {
  return new DaxError('ledger_failed', 'The ledger cannot be written.', {}, cause)
}
