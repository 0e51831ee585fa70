import type { DaxError } from '../../core/errors.ts'
import type { RecordOf } from '../../core/model.ts'
import type { Kind } from '../../core/vocabulary.ts'
import type { AuditEntry } from '../../ports/audit.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Ledger, LedgerChange, LedgerEvent, LedgerRow } from '../../ports/ledger.ts'
import { tenantOf } from '../ownership.ts'
import { auditText } from './audit-text.ts'
import { createCommitWatch } from './commit-watch.ts'
import { createJournal, type Entry, type JournalFigures } from './journal.ts'
import { createListeners } from './listeners.ts'
import type { StateView } from './state.ts'
import {
  AUX_KINDS,
  type AuxKind,
  createDurableState,
  type DurableState,
  publicIdOf,
} from './state.ts'
import { decodeBody, encodeBody } from './stored-body.ts'
import {
  type ObjectChange,
  type OpenTransaction,
  openTransaction,
  type RevisionCounter,
  type Transaction,
} from './transaction.ts'
import { createWorkingState, type WorkingState } from './working.ts'

/** Draws the wire view of a record; injected, so that the services know no wire shape. */
export type Describe = <K extends Kind>(kind: K, record: RecordOf[K], view: StateView) => unknown

/** The result of a transaction, and the promise that it is on the disk. */
export interface Committed<T> {
  readonly result: T
  readonly durable: Promise<void>
}

/**
 * All live state of the service. Decisions are made in {@link World.transact} on the working
 * state; readers look at {@link World.durable}, which shows nothing that a crash could take back.
 */
export interface World {
  readonly durable: StateView
  readonly working: StateView
  /**
   * Runs `build` synchronously; its changes are kept if it returns and undone if it throws.
   * The caller answers only after `durable`.
   */
  transact<T>(build: (tx: Transaction) => T): Committed<T>
  /** Like {@link World.transact}, awaited; a refusal is told when its grounds are durable. */
  commit<T>(build: (tx: Transaction) => T): Promise<T>
  /** Runs `build` and undoes it: the very refusal or result that the real call would give. */
  rehearse<T>(build: (tx: Transaction) => T): T
  /** Devices (by uid) whose host side is being changed; in memory, as the change itself is. */
  readonly inTransition: Set<string>
  aux(kind: AuxKind, key: string): string | undefined
  /** Durable ones alone. */
  auxCount(kind: AuxKind): number
  /** Durable ones alone, in the order of their last writing. */
  auxKeys(kind: AuxKind): IterableIterator<string>
  /** The durable body of an answer, null for none. */
  reply(key: string): Promise<string | null>
  lastRevision(): number
  onEvents(listener: (events: readonly LedgerEvent[]) => void): void
  figures(): JournalFigures
  failure(): DaxError | null
  /** Why nothing can be answered just now though nothing has failed: the disk hangs. */
  stall(): DaxError | null
  /**
   * Waits for work that needs the ledger, but no longer than the disk answers.
   * @throws DaxError `ledger_stalled` while a commit hangs; work that has begun goes on.
   */
  patiently<T>(work: () => Promise<T>): Promise<T>
  /** Writes an entry of the audit for what changed nothing; resolves when it is durable. */
  note(entry: AuditEntry): Promise<void>
  /** Resolves when every change made before the call is durable; rejects when one is lost. */
  barrier(): Promise<void>
  idle(): Promise<void>
}

export interface WorldOptions {
  readonly ledger: Ledger
  readonly clock: Clock
  readonly describe: Describe
  /** Told when a commit failed and the working state went back to the durable one. */
  readonly onRollback?: (error: DaxError) => void
  /** Told when a commit hangs, and with null when it hangs no more. */
  readonly onStall?: (error: DaxError | null) => void
  /** Told what a listener threw: its defect, which the durable change has no part in. */
  readonly onListenerDefect?: (error: unknown) => void
}

/** Loads the ledger into a world. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { ledger, clock, describe } = options
  const durable = createDurableState()
  await restore(durable, ledger)
  const working = createWorkingState(durable)
  const counter: RevisionCounter = { value: ledger.lastRevision() }
  const inTransition = new Set<string>()
  const listeners = createListeners<readonly LedgerEvent[]>(options.onListenerDefect)
  const watch = createCommitWatch(clock, (error) => options.onStall?.(error))
  const commitWatched: Ledger['commit'] = (changes, audits) =>
    watch.commit(() => ledger.commit(changes, audits))
  const journal = createJournal(
    { commit: commitWatched },
    {
      onFailure(error) {
        working.reset()
        options.onRollback?.(error)
      },
      onCommitted: listeners.tell,
    },
  )

  function run<R>(build: (tx: OpenTransaction) => R): { tx: OpenTransaction; result: R } {
    const tx = openTransaction(working, counter, clock.now(), inTransition)
    try {
      return { tx, result: build(tx) }
    } catch (error) {
      tx.rollback()
      throw error
    }
  }

  function transact<T>(build: (tx: Transaction) => T): Committed<T> {
    const failure = journal.failure()
    if (failure !== null) throw failure
    // A change that cannot be written down is undone like one that is refused.
    const { tx, result } = run((open) => writeDown(open, build(open), describe, working))
    const { built, changes, audit } = result
    // A result without a change may still be drawn from changes that are on their way.
    if (changes.length === 0) return { result: built, durable: journal.barrier() }
    return {
      result: built,
      durable: journal.append({ changes, audit, apply: () => settle(tx, durable, working) }),
    }
  }

  async function commit<T>(build: (tx: Transaction) => T): Promise<T> {
    let committed: Committed<T>
    try {
      committed = transact(build)
    } catch (error) {
      // A refusal tells of the state it was decided on, so it too waits until that is durable.
      await journal.barrier()
      throw error
    }
    await committed.durable
    return committed.result
  }

  return {
    durable,
    working,
    inTransition,
    transact,
    commit,
    rehearse(build) {
      const { tx, result } = run(build)
      tx.rollback()
      return result
    },
    aux: (kind, key) => working.aux(kind, key),
    auxCount: (kind) => durable.auxCount(kind),
    auxKeys: (kind) => durable.auxKeys(kind),
    reply: (key) => ledger.reply(key),
    lastRevision: () => counter.value,
    onEvents: listeners.add,
    figures: () => journal.figures(),
    failure: () => journal.failure(),
    stall: watch.stall,
    patiently: watch.patiently,
    note: (entry) => journal.append(asEntry(entry)),
    barrier: () => journal.barrier(),
    idle: () => journal.idle(),
  }
}

/**
 * Fills the durable state, each kind in the order of creation that its listing keeps. Mappings may
 * come in any order and do not wait for the others, as they are the most by far.
 */
async function restore(durable: DurableState, ledger: Ledger): Promise<void> {
  const objects: { kind: Kind; key: string; record: RecordOf[Kind] }[] = []
  await ledger.load((rows) => {
    for (const { kind, id, body } of rows) {
      if (isAux(kind)) durable.putAux(kind, id, body)
      else if (kind === 'mapping') durable.put(kind, id, decodeBody(kind, id, body))
      else objects.push({ kind, key: id, record: decodeBody(kind, id, body) })
    }
  })
  objects.sort((left, right) => left.record.seq - right.record.seq)
  for (const { kind, key, record } of objects) durable.put(kind, key, record)
}

function isAux(kind: LedgerRow['kind']): kind is AuxKind {
  return AUX_KINDS.some((aux) => aux === kind)
}

/** An entry of the audit that no change comes with. */
function asEntry(entry: AuditEntry): Entry {
  return { changes: [], audit: JSON.stringify(entry), apply: () => undefined }
}

/** What a transaction has built, and what of it goes to the ledger. */
function writeDown<T>(tx: OpenTransaction, built: T, describe: Describe, view: StateView) {
  const changes = encode(tx, describe, view)
  tx.seal()
  return { built, changes, audit: auditText(tx, changes) }
}

function encode(tx: OpenTransaction, describe: Describe, view: StateView): LedgerChange[] {
  const objects = tx.changes.map((change) => encodeObject(change, tx.now, describe, view))
  const aux = tx.auxChanges.map(({ kind, key, after }) => ({
    kind,
    id: key,
    revision: tx.revision(),
    body: after,
  }))
  return [...objects, ...aux]
}

/** What was decided is durable: readers see it, and the working state is ahead no more. */
function settle(tx: OpenTransaction, durable: DurableState, working: WorkingState): void {
  for (const { kind, key, after } of tx.changes) {
    if (after === undefined) durable.remove(kind, key)
    else durable.put(kind, key, after)
    working.settle(kind, key)
  }
  for (const { kind, key, after } of tx.auxChanges) {
    durable.putAux(kind, key, after)
    working.settle(kind, key)
  }
}

function encodeObject(
  change: ObjectChange,
  at: number,
  describe: Describe,
  view: StateView,
): LedgerChange {
  const { kind, key, revision, type, before, after } = change
  const shown = after ?? before
  const id = shown === undefined ? key : publicIdOf(kind, shown)
  const tenant = shown === undefined ? null : tenantOf(view, kind, shown)
  // A name outlives its device: of one that is gone it is told which bearer that was.
  const told = after ?? (kind === 'device' ? before : undefined)
  const event: LedgerEvent = {
    revision,
    at_ms: at,
    type,
    kind,
    id,
    ...(tenant === null ? {} : { tenant }),
    ...(told === undefined ? {} : { object: JSON.stringify(describe(kind, told, view)) }),
  }
  return {
    kind,
    id: key,
    revision,
    body: after === undefined ? null : encodeBody(kind, after),
    event,
  }
}
