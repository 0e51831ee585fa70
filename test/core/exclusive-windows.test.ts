import { describe, expect, test } from 'vitest'
import { createExclusiveWindows } from '../../src/core/exclusive-windows.ts'
import { InvariantViolation } from '../../src/core/invariant.ts'
import { bytes } from '../../src/core/units.ts'

const at = (offset: number, length: number) => ({ offset: bytes(offset), length: bytes(length) })

function three() {
  const windows = createExclusiveWindows()
  windows.add('c', at(40, 10))
  windows.add('a', at(0, 10))
  windows.add('b', at(20, 10))
  return windows
}

describe('exclusive windows', () => {
  test.each([
    ['one inside', at(22, 2), ['b']],
    ['one around', at(15, 20), ['b']],
    ['an edge on either side', at(9, 32), ['a', 'b', 'c']],
    ['the gap that they leave', at(10, 10), []],
    ['what lies behind', at(50, 10), []],
  ])(
    'a window over %s meets those it shares a byte with, in address order',
    (_name, window, ids) => {
      expect(three().overlapping(window, 10)).toEqual(ids)
    },
  )

  test('no more ids are looked for than asked', () => {
    expect(three().overlapping(at(0, 50), 2)).toEqual(['a', 'b'])
  })

  test('an overlap, an empty window, a foreign id and another window are defects that change nothing', () => {
    const windows = three()
    const wrong = [
      () => windows.add('d', at(29, 5)),
      () => windows.add('d', at(12, 0)),
      () => windows.remove('a', at(20, 10)),
      () => windows.remove('b', at(20, 5)),
      () => windows.remove('d', at(10, 10)),
    ]
    for (const call of wrong) expect(call).toThrow(InvariantViolation)
    expect(windows.overlapping(at(0, 50), 10)).toEqual(['a', 'b', 'c'])
    expect(windows.size()).toBe(3)
  })

  test('a place left by one id is used by the next', () => {
    const windows = three()
    windows.remove('b', at(20, 10))
    expect(() => windows.remove('b', at(20, 10))).toThrow(InvariantViolation)
    windows.add('d', at(15, 20))
    windows.add('e', at(60, 5))
    expect(windows.overlapping(at(0, 100), 10)).toEqual(['a', 'd', 'c', 'e'])
  })
})
