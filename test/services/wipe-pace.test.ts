import { expect, test } from 'vitest'
import { bytes, GIB, MIB } from '../../src/core/units.ts'
import { createWipePace } from '../../src/services/wipe-pace.ts'

test('a rate is kept by all wipes together: each piece waits for those before it', () => {
  const pace = createWipePace(bytes(100 * MIB))
  expect(pace.piece).toBe(100 * MIB)
  const waits = [pace.reserve(100 * MIB, 0), pace.reserve(50 * MIB, 0), pace.reserve(MIB, 200)]
  expect(waits).toEqual([0, 1000, 1300])
})

test('time in which nothing was wiped is not saved up', () => {
  const pace = createWipePace(bytes(MIB))
  expect([pace.reserve(MIB, 0), pace.reserve(MIB, 60_000), pace.reserve(MIB, 60_000)]).toEqual([
    0, 0, 1000,
  ])
})

test.each([
  [null, GIB],
  [bytes(1000 * GIB), GIB],
  [bytes(3 * MIB + 5), 3 * MIB],
])('at %s bytes a second a piece is %s bytes', (rate, piece) => {
  expect(createWipePace(rate).piece).toBe(piece)
})
