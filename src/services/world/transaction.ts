import { DaxError } from '../../core/errors.ts'
import type { RecordOf, Stored } from '../../core/model.ts'
import type { EventType, Kind } from '../../core/vocabulary.ts'
import type { AuditNote } from '../audit-note.ts'
import { type AuxKind, keyOf, type StateView } from './state.ts'
import type { WorkingState } from './working.ts'

/** A record as a service writes it; the transaction adds what every stored object carries. */
export type Draft<K extends Kind> = Omit<
  RecordOf[K],
  'seq' | 'revision' | 'created_ms' | 'updated_ms'
>

/** Revisions of which the object must have one; `*` for any, if only it is there. */
export type IfMatch = '*' | readonly number[]

/** One change of one object inside a transaction, in order. */
export interface ObjectChange {
  readonly kind: Kind
  readonly key: string
  readonly type: EventType
  readonly revision: number
  readonly before: RecordOf[Kind] | undefined
  readonly after: RecordOf[Kind] | undefined
}

export interface AuxChange {
  readonly kind: AuxKind
  readonly key: string
  readonly before: string | null
  readonly after: string | null
}

/**
 * Changes that become durable together or not at all. They are visible to later decisions at
 * once, and to readers only when durable. Synchronous: nothing else runs between its changes.
 */
export interface Transaction {
  readonly view: StateView
  readonly spaces: WorkingState['spaces']
  /** Devices (by uid) whose host side is being changed; nothing may be opened or mapped there. */
  readonly inTransition: ReadonlySet<string>
  /** Instant of the transaction, milliseconds since the epoch. */
  readonly now: number
  /** An id that was never used before, such as `m-3f`. */
  newId(prefix: string): string
  /** A number above every one given before, in this life and earlier ones. */
  nextNumber(): number
  /** Whether {@link Transaction.newId} has given this id already, or a number beyond it. */
  wasGiven(prefix: string, id: string): boolean
  create<K extends Kind>(kind: K, draft: Draft<K>): RecordOf[K]
  update<K extends Kind>(kind: K, record: RecordOf[K], changes: Partial<Draft<K>>): RecordOf[K]
  remove<K extends Kind>(kind: K, record: RecordOf[K]): void
  /** The next generation of a name; generations of a name only grow. */
  nextGeneration(chardev: string): number
  setAux(kind: AuxKind, key: string, body: string | null): void
  /**
   * Says who asked for it: the audit's entry of this transaction tells so. The last word counts;
   * without one, and for what daxd does by itself, the actor is daxd.
   */
  audit(note: AuditNote): void
  /** First and last of the revisions that it has used, as the audit's entry of it has them. */
  revisions(): { readonly first: number; readonly last: number }
  /** Adds to the entry why it came out so, such as who decided on a place. No secrets. */
  explain(why: object): void
}

/** A transaction with what its owner needs: its changes, and the way back. */
export interface OpenTransaction extends Transaction {
  readonly changes: ObjectChange[]
  readonly auxChanges: AuxChange[]
  /** The first revision that it may have given. */
  readonly firstRevision: number
  note(): AuditNote | null
  why(): object | null
  /** The newest revision it has given. */
  revision(): number
  /** It uses no more revisions: later ones are others'. */
  seal(): void
  /** Undoes every change, newest first. */
  rollback(): void
}

export interface RevisionCounter {
  value: number
}

/** Opens a transaction on the working state; what it writes stands until it is rolled back. */
export function openTransaction(
  working: WorkingState,
  counter: RevisionCounter,
  now: number,
  inTransition: ReadonlySet<string>,
): OpenTransaction {
  const startedAt = counter.value
  let sealedAt: number | null = null
  const changes: ObjectChange[] = []
  const auxChanges: AuxChange[] = []
  let note: AuditNote | null = null
  let why: object | null = null

  function next(): number {
    counter.value += 1
    return counter.value
  }
  function write<K extends Kind>(
    kind: K,
    key: string,
    record: RecordOf[K] | undefined,
    meta: { type: EventType; revision: number },
  ): void {
    const before = working.write(kind, key, record)
    changes.push({ kind, key, ...meta, before, after: record })
  }
  function setAux(kind: AuxKind, key: string, body: string | null): void {
    const before = working.writeAux(kind, key, body)
    auxChanges.push({ kind, key, before, after: body })
  }

  return {
    changes,
    auxChanges,
    view: working,
    spaces: working.spaces,
    now,
    inTransition,
    newId: (prefix) => `${prefix}-${next().toString(36)}`,
    wasGiven: (prefix, id) => isIdUpTo(prefix, id, counter.value),
    nextNumber: next,
    revision: () => counter.value,
    create(kind, draft) {
      const revision = next()
      const stored = { seq: revision, revision, created_ms: now, updated_ms: now }
      const record = { ...draft, ...stored } as unknown as RecordOf[typeof kind]
      write(kind, keyOf(kind, record), record, { type: 'created', revision })
      return record
    },
    update(kind, record, fields) {
      const revision = next()
      const after = { ...record, ...fields, revision, updated_ms: now }
      write(kind, keyOf(kind, record), after, { type: 'updated', revision })
      return after
    },
    remove(kind, record) {
      const revision = next()
      write(kind, keyOf(kind, record), undefined, { type: 'deleted', revision })
    },
    nextGeneration(chardev) {
      const generation = working.generation(chardev) + 1
      setAux('generation', chardev, String(generation))
      return generation
    },
    setAux,
    audit(said) {
      note = said
    },
    explain(reason) {
      why = { ...why, ...reason }
    },
    firstRevision: startedAt + 1,
    revisions: () => ({ first: startedAt + 1, last: sealedAt ?? counter.value }),
    seal() {
      sealedAt = counter.value
    },
    note: () => note,
    why: () => why,
    rollback() {
      for (const { kind, key, before } of changes.reverse()) working.undo(kind, key, before)
      for (const { kind, key, before } of auxChanges.reverse()) working.undoAux(kind, key, before)
      counter.value = startedAt
    },
  }
}

function isIdUpTo(prefix: string, id: string, highest: number): boolean {
  if (!id.startsWith(`${prefix}-`)) return false
  const text = id.slice(prefix.length + 1)
  const number = Number.parseInt(text, 36)
  return number >= 1 && number <= highest && number.toString(36) === text
}

/**
 * Refuses a change of an object that is not one of those the caller has seen.
 * @throws DaxError `precondition_failed` with both revisions.
 */
export function checkRevision(record: Stored, ifMatch: IfMatch | undefined): void {
  if (ifMatch === undefined || ifMatch === '*' || ifMatch.includes(record.revision)) return
  throw new DaxError(
    'precondition_failed',
    `If-Match names revision ${ifMatch.join(', ') || 'none'}, the object is at revision ${record.revision}.`,
  )
}
