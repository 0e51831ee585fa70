import { invariant } from '../../core/invariant.ts'
import type { MappingRecord } from '../../core/model.ts'
import { createOrderedIndex, NONE, type Position } from '../../core/ordered-index.ts'
import { createMappingColumns } from './mapping-columns.ts'
import { mappingNumber, parseMappingId } from './mapping-number.ts'
import type { Table } from './table.ts'

/**
 * The table of the mappings, of which there may be millions: it keeps them packed and makes a
 * record anew each time one is asked for. Numbers and `seq`s come from one counter, an id's number
 * just before its record's `seq`, so the order of the one is the order of the other. Records may
 * be put in any order.
 */
export function createMappingTable(): Table<MappingRecord> {
  /** (number of the id, 0) -> row. */
  const rows = createOrderedIndex()
  const columns = createMappingColumns()

  function find(key: string): Position {
    const number = parseMappingId(key)
    return number === null ? NONE : rows.find({ primary: number, secondary: 0 })
  }
  /** Where the first record with a `seq` above the given one stands. */
  function positionAfter(seq: number): Position {
    const before = rows.floor({ primary: seq, secondary: 0 })
    if (before === NONE) return rows.first()
    return columns.seqAt(rows.valueAt(before)) > seq ? before : rows.next(before)
  }

  return {
    get(key) {
      const position = find(key)
      if (position === NONE) return
      return columns.read(rows.valueAt(position), rows.keyAt(position).primary)
    },
    put(key, record) {
      const position = find(key)
      if (position !== NONE) {
        const row = rows.valueAt(position)
        invariant(columns.seqAt(row) === record.seq, 'an update keeps the seq', key)
        columns.replace(row, record)
        return
      }
      const number = mappingNumber(key)
      invariant(number < record.seq, 'the number of a mapping comes before its seq', key)
      rows.insert({ primary: number, secondary: 0 }, columns.add(record))
    },
    remove(key) {
      const position = find(key)
      invariant(position !== NONE, 'a removed record was there', key)
      columns.clear(rows.remove(rows.keyAt(position)))
    },
    *after(seq) {
      for (let at = positionAfter(seq); at !== NONE; at = rows.next(at)) {
        yield columns.read(rows.valueAt(at), rows.keyAt(at).primary)
      }
    },
    get size() {
      return rows.size()
    },
  }
}
