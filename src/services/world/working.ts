import type { RecordOf } from '../../core/model.ts'
import { KINDS, type Kind } from '../../core/vocabulary.ts'
import { createIndexes } from './indexes.ts'
import { createOverlay, type Overlay } from './overlay.ts'
import { createSpaces, type Spaces } from './spaces.ts'
import { type AuxKind, type DurableState, keyOf, type StateView } from './state.ts'

/**
 * The state that decisions are made on: the durable one plus what is decided and not yet durable.
 * The overlay holds only the latter, so it is as small as the commits in flight; indexes and
 * address spaces run ahead with it.
 */
export interface WorkingState extends StateView {
  readonly spaces: Spaces
  /** Sets or (undefined) deletes a record; gives back what was there before. */
  write<K extends Kind>(
    kind: K,
    key: string,
    record: RecordOf[K] | undefined,
  ): RecordOf[K] | undefined
  writeAux(kind: AuxKind, key: string, body: string | null): string | null
  aux(kind: AuxKind, key: string): string | undefined
  /** Puts back what {@link WorkingState.write} replaced. */
  undo<K extends Kind>(kind: K, key: string, before: RecordOf[K] | undefined): void
  undoAux(kind: AuxKind, key: string, before: string | null): void
  /** One write of this key is durable now; the overlay forgets the key with its last one. */
  settle(kind: Kind | AuxKind, key: string): void
  /** Throws away all that is not durable; takes as long as there is of that. */
  reset(): void
}

/** An object whose change will never be durable. */
interface Lost {
  readonly kind: Kind
  readonly current: RecordOf[Kind] | undefined
  readonly kept: RecordOf[Kind] | undefined
}

/** The objects of a kind that run ahead: as they are, and as they are durably. */
function lost(overlay: Overlay, durable: DurableState, kind: Kind): Lost[] {
  return Array.from(overlay.entries(kind), ([key, { value }]) => ({
    kind,
    current: (value ?? undefined) as Lost['current'],
    kept: durable.get(kind, key),
  }))
}

/** A working state that runs ahead of `durable` by nothing yet. */
export function createWorkingState(durable: DurableState): WorkingState {
  const overlay = createOverlay()
  const index = createIndexes()
  const spaces = createSpaces()

  function get<K extends Kind>(kind: K, key: string): RecordOf[K] | undefined {
    const ahead = overlay.of(kind, key)
    if (ahead === undefined) return durable.get(kind, key)
    return (ahead.value ?? undefined) as RecordOf[K] | undefined
  }
  function* after<K extends Kind>(kind: K, seq: number): Generator<RecordOf[K]> {
    for (const record of durable.after(kind, seq)) {
      const ahead = overlay.of(kind, keyOf(kind, record))
      if (ahead === undefined) yield record
      else if (ahead.value !== null) yield ahead.value as RecordOf[K]
    }
    for (const [key, { value }] of overlay.entries(kind)) {
      if (value === null || durable.get(kind, key) !== undefined) continue
      if ((value as RecordOf[K]).seq > seq) yield value as RecordOf[K]
    }
  }
  /**
   * What is ahead is taken out before what it replaced is put back, for two of them may stand in
   * one place: two names for one uuid, two mappings at one offset. A device keeps its space
   * meanwhile, which holds mappings that were never changed.
   */
  function fallBack(): void {
    const all = KINDS.flatMap((kind) => lost(overlay, durable, kind))
    const mappings = all.filter(({ kind }) => kind === 'mapping')
    const devices = all.filter(({ kind }) => kind === 'device')
    for (const { kind, current } of all) index.apply(kind, current, undefined)
    for (const { kind, current } of mappings) spaces.apply(kind, current, undefined)
    for (const { kind, current, kept } of devices) spaces.apply(kind, current, kept)
    for (const { kind, kept } of all) index.apply(kind, undefined, kept)
    for (const { kind, kept } of mappings) spaces.apply(kind, undefined, kept)
    overlay.clear()
  }
  function aux(kind: AuxKind, key: string): string | undefined {
    const ahead = overlay.of(kind, key)
    if (ahead === undefined) return durable.aux(kind, key)
    return (ahead.value as string | null) ?? undefined
  }
  for (const kind of KINDS) {
    for (const record of durable.after(kind, -1)) {
      index.apply(kind, undefined, record)
      spaces.apply(kind, undefined, record)
    }
  }
  return {
    get,
    after,
    count(kind) {
      let total = durable.count(kind)
      for (const [key, { value }] of overlay.entries(kind)) {
        const known = durable.get(kind, key) !== undefined
        total += (value === null ? 0 : 1) - (known ? 1 : 0)
      }
      return total
    },
    generation: (chardev) => Number(aux('generation', chardev) ?? 0),
    index,
    spaces,
    write(kind, key, record) {
      const before = get(kind, key)
      overlay.write(kind, key, record ?? null)
      index.apply(kind, before, record)
      spaces.apply(kind, before, record)
      return before
    },
    writeAux(kind, key, body) {
      const before = aux(kind, key) ?? null
      overlay.write(kind, key, body)
      return before
    },
    undo(kind, key, before) {
      const current = get(kind, key)
      overlay.undo(kind, key, before ?? null)
      index.apply(kind, current, before)
      spaces.apply(kind, current, before)
    },
    undoAux: (kind, key, before) => overlay.undo(kind, key, before),
    aux,
    settle: (kind, key) => overlay.settle(kind, key),
    reset: fallBack,
  }
}
