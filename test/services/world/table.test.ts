import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { createTable } from '../../../src/services/world/table.ts'

const row = (seq: number, text = '') => ({ seq, text })

test('an update keeps the place of a record in the listing', () => {
  const table = createTable<{ seq: number; text: string }>()
  for (const seq of [1, 2, 3]) table.put(`k${seq}`, row(seq))
  table.put('k2', row(2, 'new'))
  expect([...table.after(-1)]).toEqual([row(1), row(2, 'new'), row(3)])
})

test('a cursor neither repeats nor skips a record while others come and go', () => {
  const table = createTable<{ seq: number; text: string }>()
  for (const seq of [1, 2, 3, 4]) table.put(`k${seq}`, row(seq))
  const [first, second] = table.after(-1)
  table.remove('k1')
  table.remove('k3')
  table.put('k5', row(5))
  expect([first, second, ...table.after(2)]).toEqual([row(1), row(2), row(4), row(5)])
})

test('records out of order and the removal of what is not there are defects', () => {
  const table = createTable<{ seq: number; text: string }>()
  table.put('k2', row(2))
  expect(() => table.put('k1', row(1))).toThrow('records are created in order')
  expect(() => table.put('k2', row(3))).toThrow('an update keeps the seq')
  expect(() => table.remove('k9')).toThrow('a removed record was there')
  expect([...table.after(-1)]).toEqual([row(2)])
})

test('listings stay whole when many removals have made the table close its holes', () => {
  void fc.assert(
    fc.property(fc.integer({ min: 2, max: 9 }), fc.nat(5000), (stride, cursor) => {
      const table = createTable<{ seq: number; text: string }>()
      const model = new Map<number, { seq: number; text: string }>()
      for (let seq = 1; seq <= 5000; seq += 1) {
        table.put(`k${seq}`, row(seq))
        model.set(seq, row(seq))
      }
      for (let seq = 1; seq <= 5000; seq += 1) {
        if (seq % stride === 0) continue
        table.remove(`k${seq}`)
        model.delete(seq)
      }
      expect([...table.after(cursor)]).toEqual([...model.values()].filter((r) => r.seq > cursor))
      expect(table.size).toBe(model.size)
    }),
    { numRuns: 10 },
  )
})
