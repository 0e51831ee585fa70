import type { RecordOf } from '../../core/model.ts'
import { KINDS, type Kind } from '../../core/vocabulary.ts'
import { createIndexes, type Indexes } from './indexes.ts'
import { createMappingTable } from './mapping-table.ts'
import { createTable, type Table } from './table.ts'

/** A consistent look at the records: the durable one, or the working one ahead of it. */
export interface StateView {
  get<K extends Kind>(kind: K, key: string): RecordOf[K] | undefined
  /** Records created after `seq` (-1 for all), oldest first. */
  after<K extends Kind>(kind: K, seq: number): Generator<RecordOf[K]>
  count(kind: Kind): number
  /** The last generation that the name has had, 0 for none. */
  generation(chardev: string): number
  /** What is kept beside the objects; replies are not. */
  aux(kind: AuxKind, key: string): string | undefined
  readonly index: Indexes
}

/**
 * What is kept beside the objects, by key, as JSON text. Replies are the bodies of answers: they
 * are on the disk alone, since there may be many and large ones of which few are asked for again.
 */
export const AUX_KINDS = ['generation', 'answer', 'reply', 'meta'] as const
export type AuxKind = (typeof AUX_KINDS)[number]

/** The durable state: it changes only when the ledger has acknowledged. */
export interface DurableState extends StateView {
  put<K extends Kind>(kind: K, key: string, record: RecordOf[K]): void
  remove(kind: Kind, key: string): void
  putAux(kind: AuxKind, key: string, body: string | null): void
  auxCount(kind: AuxKind): number
  /** In the order of their last writing. */
  auxKeys(kind: AuxKind): IterableIterator<string>
}

type Tables = { readonly [K in Kind]: Table<RecordOf[K]> }

/** The key a record is stored under. */
export function keyOf<K extends Kind>(kind: K, record: RecordOf[K]): string {
  if (kind === 'device') return (record as RecordOf['device']).uid
  if (kind === 'namespace' || kind === 'claim' || kind === 'tenant')
    return (record as RecordOf['claim']).name
  return String((record as RecordOf['handle']).id)
}

/** The id that the wire shows: devices go by their chardev. */
export function publicIdOf<K extends Kind>(kind: K, record: RecordOf[K]): string {
  return kind === 'device' ? (record as RecordOf['device']).chardev : keyOf(kind, record)
}

/** An empty state; the ledger's records are put into it at the start. */
export function createDurableState(): DurableState {
  const plain = Object.fromEntries(KINDS.map((kind) => [kind, createTable()])) as Tables
  const tables: Tables = { ...plain, mapping: createMappingTable() }
  const maps = AUX_KINDS.map((kind) => [kind, new Map<string, string>()])
  const aux = Object.fromEntries(maps) as Record<AuxKind, Map<string, string>>
  const index = createIndexes()
  function tableOf<K extends Kind>(kind: K): Table<RecordOf[K]> {
    return tables[kind] as unknown as Table<RecordOf[K]>
  }
  return {
    get: (kind, key) => tableOf(kind).get(key),
    after: (kind, seq) => tableOf(kind).after(seq),
    count: (kind) => tableOf(kind).size,
    generation: (chardev) => Number(aux.generation.get(chardev) ?? 0),
    index,
    put(kind, key, record) {
      const table = tableOf(kind)
      const before = table.get(key)
      table.put(key, record)
      index.apply(kind, before, record)
    },
    remove(kind, key) {
      const before = tableOf(kind).get(key)
      tableOf(kind).remove(key)
      index.apply(kind, before, undefined)
    },
    putAux(kind, key, body) {
      if (kind === 'reply') return
      // What is written again goes to the end, so that the keys come in the order of writing.
      aux[kind].delete(key)
      if (body !== null) aux[kind].set(key, body)
    },
    aux: (kind, key) => aux[kind].get(key),
    auxCount: (kind) => aux[kind].size,
    auxKeys: (kind) => aux[kind].keys(),
  }
}
