import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { InvariantViolation } from '../../../src/core/invariant.ts'
import type { MappingRecord } from '../../../src/core/model.ts'
import { bytes } from '../../../src/core/units.ts'
import { createMappingGroups } from '../../../src/services/world/mapping-groups.ts'
import { mappingId, parseMappingId } from '../../../src/services/world/mapping-number.ts'
import { createMappingTable } from '../../../src/services/world/mapping-table.ts'
import { createPool } from '../../../src/services/world/pool.ts'
import { createTable } from '../../../src/services/world/table.ts'

const FLAGS = ['MAP_SHARED', 'MAP_SYNC', 'MAP_POPULATE'] as const
const PROTS = ['PROT_READ', 'PROT_WRITE'] as const

/** Few values of each member, so that records have much in common and differ in one thing. */
const fields = fc.record({
  revision: fc.nat(2 ** 40),
  created_ms: fc.nat(2 ** 42),
  updated_ms: fc.nat(2 ** 42),
  labels: fc.constantFrom({}, { a: '1' }, { a: '1', b: '2' }, { 'a b': '' }),
  handle: fc.constantFrom('h-1', 'h-2'),
  device: fc.constantFrom('d-1', 'd-2'),
  chardev: fc.constantFrom('dax0.0', 'dax1.0'),
  generation: fc.integer({ min: 1, max: 3 }),
  holder: fc.constantFrom('a', 'null', 'pod/x y', 'ü'),
  lease: fc.constantFrom(null, 'l-1'),
  claim: fc.constantFrom(null, 'null', 'c'),
  offset: fc.nat(2 ** 50).map(bytes),
  length: fc.nat(2 ** 50).map(bytes),
  align: fc.constantFrom(4096, 2_097_152).map((align) => align as MappingRecord['align']),
  flags: fc.shuffledSubarray([...FLAGS], { minLength: 1 }),
  prot: fc.shuffledSubarray([...PROTS]),
  dontfork: fc.boolean(),
  exclusive: fc.boolean(),
  tenant: fc.constantFrom(null, 'blue', 'red'),
  state: fc.constantFrom('live' as const, 'revoked' as const),
})

const step = fc.record({
  kind: fc.constantFrom('add', 'add', 'replace', 'remove', 'list'),
  pick: fc.nat(),
  fields,
})

test('over random changes it holds what a plain table of objects holds, in the same order', () => {
  void fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (run) => {
      const table = createMappingTable()
      const model = createTable<MappingRecord>()
      const live: MappingRecord[] = []
      let counter = 0
      for (const { kind, pick, fields: drawn } of run) {
        const at = pick % Math.max(live.length, 1)
        const known = live[at]
        if (kind === 'add') {
          counter += 2 + (pick % 3)
          const record = { ...drawn, id: mappingId(counter - 1), seq: counter }
          for (const each of [table, model]) each.put(record.id, record)
          live.push(record)
        } else if (kind === 'list') {
          expect([...table.after(pick % (counter + 2))]).toEqual([
            ...model.after(pick % (counter + 2)),
          ])
        } else if (known !== undefined && kind === 'replace') {
          live[at] = { ...drawn, id: known.id, seq: known.seq }
          for (const each of [table, model]) each.put(known.id, live[at])
        } else if (known !== undefined) {
          for (const each of [table, model]) each.remove(known.id)
          live.splice(at, 1)
          expect(table.get(known.id)).toBeUndefined()
        }
        for (const record of live) expect(table.get(record.id)).toEqual(record)
        expect(table.size).toBe(live.length)
      }
      expect([...table.after(-1)]).toEqual([...model.after(-1)])
    }),
  )
})

test('records may come in any order, as a ledger gives them, and are listed by their seq', () => {
  const table = createMappingTable()
  const records = fc.sample(fields, { numRuns: 5, seed: 7 })
  for (const n of [3, 1, 4, 0, 2]) {
    table.put(mappingId(n * 10), { ...records[n]!, id: mappingId(n * 10), seq: n * 10 + 1 })
  }
  expect([...table.after(1)].map(({ seq }) => seq)).toEqual([11, 21, 31, 41])
})

test('another seq under an id, a number after its seq and an unknown id are defects', () => {
  const table = createMappingTable()
  const [record] = fc.sample(fields, { numRuns: 1, seed: 7 })
  table.put('m-5', { ...record!, id: 'm-5', seq: 6 })
  const wrong = [
    () => table.put('m-5', { ...record!, id: 'm-5', seq: 7 }),
    () => table.put('m-9', { ...record!, id: 'm-9', seq: 9 }),
    () => table.put('x-9', { ...record!, id: 'x-9', seq: 99 }),
    () => table.remove('m-6'),
  ]
  for (const call of wrong) expect(call).toThrow(InvariantViolation)
  expect(table.size).toBe(1)
})

test.each(['m-', 'm-05', 'm-5 ', 'm--5', 'M-5', 'm-5A', 'h-5', '5', 'm-5.0', 'm-zzzzzzzzzzzz', ''])(
  'no mapping has the id %j, though some of it could be read as a number',
  (id) => {
    const table = createMappingTable()
    const [record] = fc.sample(fields, { numRuns: 1, seed: 7 })
    table.put('m-5', { ...record!, id: 'm-5', seq: 6 })
    expect([parseMappingId(id), table.get(id)]).toEqual([null, undefined])
  },
)

test('every number up to 2^53-1 has an id of its own', () => {
  void fc.assert(
    fc.property(fc.maxSafeNat(), (number) => {
      expect(parseMappingId(mappingId(number))).toBe(number)
    }),
  )
})

test('a group has its own members, oldest first, and none once they are gone', () => {
  const groups = createMappingGroups()
  for (const id of ['m-a', 'm-2', 'm-10']) groups.add('d-1', id)
  groups.add('d-2', 'm-a')
  expect([...groups.of('d-1')]).toEqual(['m-2', 'm-a', 'm-10'])
  for (const id of ['m-a', 'm-2', 'm-10']) groups.remove('d-1', id)
  expect([[...groups.of('d-1')], [...groups.of('d-2')]]).toEqual([[], ['m-a']])
  expect(() => groups.remove('d-1', 'm-a')).toThrow(InvariantViolation)
  expect(() => groups.remove('d-2', 'm-2')).toThrow(InvariantViolation)
})

test('a pool forgets a value with its last reference and uses its place again', () => {
  const pool = createPool<string>()
  const [a, again, b] = [
    pool.acquire('a', () => 'A'),
    pool.acquire('a', () => 'other'),
    pool.acquire('b', () => 'B'),
  ]
  expect([a === again, pool.at(a), pool.at(b), pool.size()]).toEqual([true, 'A', 'B', 2])
  pool.release(a)
  expect(pool.at(a)).toBe('A')
  pool.release(a)
  expect(() => pool.at(a)).toThrow(InvariantViolation)
  expect([pool.acquire('c', () => 'C'), pool.at(a), pool.size()]).toEqual([a, 'C', 2])
})
