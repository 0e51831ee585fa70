import type { RecordOf } from '../../core/model.ts'
import { KINDS, type Kind } from '../../core/vocabulary.ts'
import { createIndexes, type Indexes } from './indexes.ts'
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
  /** Forgets the overlay's version of a change that is durable now, unless it is newer. */
  settle(kind: Kind | AuxKind, key: string, version: unknown): void
  /** Throws away all that is not durable. */
  reset(): void
}

type Layer = Map<string, unknown>

export function createWorkingState(durable: DurableState): WorkingState {
  const layers = new Map<Kind | AuxKind, Layer>()
  for (const kind of [...KINDS, 'generation', 'answer', 'meta'] as const) {
    layers.set(kind, new Map())
  }
  let index = createIndexes()
  let spaces = createSpaces()

  function layer(kind: Kind | AuxKind): Layer {
    return layers.get(kind) as Layer
  }
  function get<K extends Kind>(kind: K, key: string): RecordOf[K] | undefined {
    const over = layer(kind)
    if (!over.has(key)) return durable.get(kind, key)
    return (over.get(key) ?? undefined) as RecordOf[K] | undefined
  }
  function* after<K extends Kind>(kind: K, seq: number): Generator<RecordOf[K]> {
    const over = layer(kind)
    for (const record of durable.after(kind, seq)) {
      const key = keyOf(kind, record)
      if (!over.has(key)) yield record
      else if (over.get(key) !== null) yield over.get(key) as RecordOf[K]
    }
    for (const [key, record] of over) {
      if (record === null || durable.get(kind, key) !== undefined) continue
      if ((record as RecordOf[K]).seq > seq) yield record as RecordOf[K]
    }
  }
  function rebuild(): void {
    index = createIndexes()
    spaces = createSpaces()
    for (const kind of KINDS) {
      for (const record of durable.after(kind, -1)) {
        index.apply(kind, undefined, record)
        spaces.apply(kind, undefined, record)
      }
    }
  }
  function aux(kind: AuxKind, key: string): string | undefined {
    const over = layer(kind)
    return over.has(key) ? ((over.get(key) as string | null) ?? undefined) : durable.aux(kind, key)
  }
  rebuild()
  return {
    get,
    after,
    count(kind) {
      let total = durable.count(kind)
      for (const [key, record] of layer(kind)) {
        const known = durable.get(kind, key) !== undefined
        total += (record === null ? 0 : 1) - (known ? 1 : 0)
      }
      return total
    },
    generation: (chardev) => Number(aux('generation', chardev) ?? 0),
    get index(): Indexes {
      return index
    },
    get spaces(): Spaces {
      return spaces
    },
    write(kind, key, record) {
      const before = get(kind, key)
      layer(kind).set(key, record ?? null)
      index.apply(kind, before, record)
      spaces.apply(kind, before, record)
      return before
    },
    writeAux(kind, key, body) {
      const before = aux(kind, key) ?? null
      layer(kind).set(key, body)
      return before
    },
    undo(kind, key, before) {
      const current = get(kind, key)
      // Without this the overlay would keep an entry that no commit ever settles.
      if (before === durable.get(kind, key)) layer(kind).delete(key)
      else layer(kind).set(key, before ?? null)
      index.apply(kind, current, before)
      spaces.apply(kind, current, before)
    },
    undoAux(kind, key, before) {
      if (before === (durable.aux(kind, key) ?? null)) layer(kind).delete(key)
      else layer(kind).set(key, before)
    },
    aux,
    settle(kind, key, version) {
      if (layer(kind).get(key) === version) layer(kind).delete(key)
    },
    reset() {
      for (const over of layers.values()) over.clear()
      rebuild()
    },
  }
}
