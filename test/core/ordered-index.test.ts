import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InvariantViolation } from '../../src/core/invariant.ts'
import {
  createOrderedIndex,
  type Key,
  NONE,
  type OrderedIndex,
  type Position,
} from '../../src/core/ordered-index.ts'
import { MIB } from '../../src/core/units.ts'

interface Entry extends Key {
  readonly value: number
}

function compare(left: Key, right: Key): number {
  return left.primary - right.primary || left.secondary - right.secondary
}

function entryAt(index: OrderedIndex, position: Position): Entry | null {
  if (position === NONE) return null
  return { ...index.keyAt(position), value: index.valueAt(position) }
}

function entriesOf(index: OrderedIndex): Entry[] {
  const entries: Entry[] = []
  for (let position = index.first(); position !== NONE; position = index.next(position)) {
    entries.push({ ...index.keyAt(position), value: index.valueAt(position) })
  }
  return entries
}

/** Enough keys for three levels of nodes, few enough to meet again. */
const keys = fc.record({ primary: fc.nat(120), secondary: fc.nat(9) })

/** Runs of keys in a row reach the split and the join of nodes much sooner than single ones. */
const calls = fc.array(
  fc.record({
    kind: fc.constantFrom('insert', 'remove'),
    key: keys,
    run: fc.oneof(fc.constant(1), fc.nat(150)),
  }),
  { maxLength: 60 },
)

describe('ordered index', () => {
  test('answers as a sorted array does, whatever was inserted and removed', () => {
    fc.assert(
      fc.property(calls, fc.array(keys, { maxLength: 10 }), (steps, probes) => {
        const index = createOrderedIndex()
        let model: Entry[] = []
        for (const { kind, key, run } of steps) {
          for (let i = 0; i <= run; i += 1) {
            const each = { primary: key.primary + Math.floor(i / 7), secondary: i % 7 }
            const known = model.find((entry) => compare(entry, each) === 0)
            if (kind === 'insert' && known === undefined) {
              const value = each.primary * 1_000 + i
              index.insert(each, value)
              model.push({ ...each, value })
            } else if (kind === 'remove' && known !== undefined) {
              expect(index.remove(each)).toBe(known.value)
              model = model.filter((entry) => entry !== known)
            }
          }
          model.sort(compare)
          expect(entriesOf(index)).toEqual(model)
          expect(index.size()).toBe(model.length)
        }
        expect(entryAt(index, index.last())).toEqual(model.at(-1) ?? null)
        for (const probe of probes) {
          const floor = model.findLast((entry) => compare(entry, probe) <= 0) ?? null
          const ceiling = model.find((entry) => compare(entry, probe) >= 0) ?? null
          const exact = model.find((entry) => compare(entry, probe) === 0) ?? null
          expect(entryAt(index, index.floor(probe))).toEqual(floor)
          expect(entryAt(index, index.ceiling(probe))).toEqual(ceiling)
          expect(entryAt(index, index.find(probe))).toEqual(exact)
        }
      }),
      { numRuns: 150 },
    )
  })

  test.each([
    ['rising', (n: number) => n],
    ['falling', (n: number) => -n],
    ['scattered', (n: number) => (n * 7_919) % 20_011],
  ])('keeps 20000 %s keys, and none after they went in another order', (_name, keyOf) => {
    const count = 20_000
    const index = createOrderedIndex()
    const sorted: Entry[] = []
    for (let n = 0; n < count; n += 1) {
      index.insert({ primary: keyOf(n), secondary: 0 }, n)
      sorted.push({ primary: keyOf(n), secondary: 0, value: n })
    }
    sorted.sort(compare)
    expect(entriesOf(index)).toEqual(sorted)
    for (let step = 0; step < count; step += 1) {
      const n = (step * 6_007) % count
      expect(index.remove({ primary: keyOf(n), secondary: 0 })).toBe(n)
    }
    expect({ entries: entriesOf(index), size: index.size() }).toEqual({ entries: [], size: 0 })
    index.insert({ primary: 1, secondary: 2 }, 3)
    expect(entriesOf(index)).toEqual([{ primary: 1, secondary: 2, value: 3 }])
  })

  test('is empty at first', () => {
    const index = createOrderedIndex()
    const anywhere = { primary: 0, secondary: 0 }
    expect([index.first(), index.last(), index.floor(anywhere), index.ceiling(anywhere)]).toEqual([
      NONE,
      NONE,
      NONE,
      NONE,
    ])
  })

  test('holds keys and values up to 2^53-1 exactly', () => {
    const index = createOrderedIndex()
    const top = Number.MAX_SAFE_INTEGER
    index.insert({ primary: top, secondary: top }, top)
    index.insert({ primary: top - 1, secondary: top }, 1)
    expect(entriesOf(index)).toEqual([
      { primary: top - 1, secondary: top, value: 1 },
      { primary: top, secondary: top, value: top },
    ])
  })

  test('growing and shrinking over and over takes no more memory, for nodes are used again', () => {
    const index = createOrderedIndex()
    const cycle = () => {
      for (let n = 0; n < 40; n += 1) index.insert({ primary: n, secondary: 0 }, n)
      for (let n = 0; n < 40; n += 1) index.remove({ primary: n, secondary: 0 })
    }
    cycle()
    const before = process.memoryUsage().arrayBuffers
    for (let round = 0; round < 10_000; round += 1) cycle()
    // One node lost a round would be 7 MiB and more.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(MIB)
  })

  test('a value can be changed in place', () => {
    const index = createOrderedIndex()
    index.insert({ primary: 5, secondary: 1 }, 10)
    index.setValueAt(index.find({ primary: 5, secondary: 1 }), 11)
    expect(entriesOf(index)).toEqual([{ primary: 5, secondary: 1, value: 11 }])
  })

  test('a key inserted twice, removed unknown or not a number is a defect, and changes nothing', () => {
    const index = createOrderedIndex()
    for (let n = 0; n < 100; n += 1) index.insert({ primary: n * 2, secondary: 0 }, n)
    const before = entriesOf(index)
    const wrong = [
      () => index.insert({ primary: 40, secondary: 0 }, 7),
      () => index.insert({ primary: Number.NaN, secondary: 0 }, 7),
      () => index.remove({ primary: 41, secondary: 0 }),
      () => index.remove({ primary: 40, secondary: 1 }),
      () => index.remove({ primary: -1, secondary: 0 }),
    ]
    for (const call of wrong) expect(call).toThrow(InvariantViolation)
    expect({ entries: entriesOf(index), size: index.size() }).toEqual({
      entries: before,
      size: 100,
    })
  })
})
