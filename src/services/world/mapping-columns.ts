import type { MappingRecord } from '../../core/model.ts'
import { bytes } from '../../core/units.ts'
import { mappingId } from './mapping-number.ts'
import { createPool } from './pool.ts'

/** Rows that new columns have room for; they double when full. */
const INITIAL_ROWS = 1024

/** What a mapping takes over from its handle; the same for all mappings made through it. */
type Owner = Pick<
  MappingRecord,
  'handle' | 'device' | 'chardev' | 'generation' | 'holder' | 'lease' | 'claim' | 'tenant'
>
/** How a mapping was asked for and what became of it: of few kinds, however many mappings. */
type Manner = Pick<
  MappingRecord,
  'align' | 'flags' | 'prot' | 'dontfork' | 'exclusive' | 'state' | 'labels'
>

/**
 * Mapping records by row, packed: the numbers of each in typed arrays, what many have in common
 * once. A row is 64 bytes where an object of 21 members would be 500. Rows that were cleared are
 * used again before new ones.
 */
export interface MappingColumns {
  /** Writes a record to an unused row, and says which. */
  add(record: MappingRecord): number
  /** Writes another version of the record over a used row. */
  replace(row: number, record: MappingRecord): void
  clear(row: number): void
  /** The record at a used row, made anew; `number` is that of its id. */
  read(row: number, number: number): MappingRecord
  seqAt(row: number): number
}

/** Columns without rows. */
export function createMappingColumns(): MappingColumns {
  const numbers = createNumbers(INITIAL_ROWS)
  const owners = createPool<Owner>()
  const manners = createPool<Manner>()
  const vacant: number[] = []
  let used = 0

  function write(row: number, record: MappingRecord): void {
    numbers.seq[row] = record.seq
    numbers.revision[row] = record.revision
    numbers.created[row] = record.created_ms
    numbers.updated[row] = record.updated_ms
    numbers.offset[row] = record.offset
    numbers.length[row] = record.length
    numbers.owner[row] = owners.acquire(ownerKey(record), () => ownerOf(record))
    numbers.manner[row] = manners.acquire(mannerKey(record), () => mannerOf(record))
  }
  function release(row: number): void {
    owners.release(at(numbers.owner, row))
    manners.release(at(numbers.manner, row))
  }
  return {
    add(record) {
      const row = vacant.pop() ?? used
      if (row === used) used += 1
      if (used > numbers.seq.length) doubleNumbers(numbers)
      write(row, record)
      return row
    },
    replace(row, record) {
      release(row)
      write(row, record)
    },
    clear(row) {
      release(row)
      vacant.push(row)
    },
    read(row, number) {
      const owner = owners.at(at(numbers.owner, row))
      const manner = manners.at(at(numbers.manner, row))
      return {
        seq: at(numbers.seq, row),
        revision: at(numbers.revision, row),
        created_ms: at(numbers.created, row),
        updated_ms: at(numbers.updated, row),
        labels: manner.labels,
        id: mappingId(number),
        handle: owner.handle,
        device: owner.device,
        chardev: owner.chardev,
        generation: owner.generation,
        holder: owner.holder,
        lease: owner.lease,
        claim: owner.claim,
        tenant: owner.tenant,
        offset: bytes(at(numbers.offset, row)),
        length: bytes(at(numbers.length, row)),
        align: manner.align,
        flags: manner.flags,
        prot: manner.prot,
        dontfork: manner.dontfork,
        exclusive: manner.exclusive,
        state: manner.state,
      }
    },
    seqAt: (row) => at(numbers.seq, row),
  }
}

type Column = Float64Array | Uint32Array

/** Every row comes from `add`, so it is inside its column. */
function at(column: Column, row: number): number {
  return column[row] as number
}

interface Numbers {
  seq: Float64Array
  revision: Float64Array
  created: Float64Array
  updated: Float64Array
  offset: Float64Array
  length: Float64Array
  /** Places in the pools. */
  owner: Uint32Array
  manner: Uint32Array
}

function createNumbers(rows: number): Numbers {
  return {
    seq: new Float64Array(rows),
    revision: new Float64Array(rows),
    created: new Float64Array(rows),
    updated: new Float64Array(rows),
    offset: new Float64Array(rows),
    length: new Float64Array(rows),
    owner: new Uint32Array(rows),
    manner: new Uint32Array(rows),
  }
}

function doubleNumbers(numbers: Numbers): void {
  const larger = createNumbers(numbers.seq.length * 2)
  for (const name of Object.keys(numbers) as (keyof Numbers)[]) larger[name].set(numbers[name])
  Object.assign(numbers, larger)
}

function ownerOf(record: MappingRecord): Owner {
  const { handle, device, chardev, generation, holder, lease, claim, tenant } = record
  return { handle, device, chardev, generation, holder, lease, claim, tenant }
}

function mannerOf(record: MappingRecord): Manner {
  const { align, flags, prot, dontfork, exclusive, state, labels } = record
  return { align, flags, prot, dontfork, exclusive, state, labels }
}

/**
 * Ids and names are not empty and have no control characters, so that no part can be taken for
 * another, nor for one that is not there: a claim may well be named `null`.
 */
function ownerKey({ handle, device, chardev, generation, ...rest }: Owner): string {
  const { holder, lease, claim, tenant } = rest
  const of = `${lease ?? ''}\n${claim ?? ''}\n${tenant ?? ''}\n${holder}`
  return `${handle}\n${device}\n${chardev}\n${generation}\n${of}`
}

/** The lists of names spelled last: those of a ledger's usual mappings are one and the same. */
let spelled: { readonly lists: Pick<Manner, 'flags' | 'prot'>; readonly text: string } = {
  lists: { flags: [], prot: [] },
  text: ' ',
}

function mannerKey({ align, flags, prot, dontfork, exclusive, state, labels }: Manner): string {
  if (flags !== spelled.lists.flags || prot !== spelled.lists.prot) {
    spelled = { lists: { flags, prot }, text: `${flags.join()} ${prot.join()}` }
  }
  const key = `${align} ${state} ${dontfork} ${exclusive} ${spelled.text}`
  for (const _ in labels) return `${key} ${JSON.stringify(labels)}`
  return key
}
