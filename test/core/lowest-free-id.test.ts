import { expect, it } from 'vitest'
import { lowestFreeId } from '../../src/core/lowest-free-id.ts'

it.each([
  [[], 0],
  [[0], 1],
  [[1, 2], 0],
  [[3, 0, 1, 1], 2],
  [[0, 1, 2], 3],
])('of the taken ids %j the lowest free one is %i', (taken, free) => {
  expect(lowestFreeId(taken)).toBe(free)
})

it('reads any iterable, such as the keys of a map', () => {
  expect(lowestFreeId(new Map([[0, 'dax0.0']]).keys())).toBe(1)
})
