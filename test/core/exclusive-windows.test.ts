import { describe, expect, test } from 'vitest'
import { createExclusiveWindows } from '../../src/core/exclusive-windows.ts'
import { InvariantViolation } from '../../src/core/invariant.ts'
import { bytes } from '../../src/core/units.ts'

const at = (offset: number, length: number) => ({ offset: bytes(offset), length: bytes(length) })

function three() {
  const windows = createExclusiveWindows()
  windows.add(3, at(40, 10))
  windows.add(1, at(0, 10))
  windows.add(2, at(20, 10))
  return windows
}

describe('exclusive windows', () => {
  test.each([
    ['one inside', at(22, 2), [2]],
    ['one around', at(15, 20), [2]],
    ['an edge on either side', at(9, 32), [1, 2, 3]],
    ['the gap that they leave', at(10, 10), []],
    ['what lies behind', at(50, 10), []],
  ])(
    'a window over %s meets those it shares a byte with, in address order',
    (_name, window, ids) => {
      expect(three().overlapping(window, 10)).toEqual(ids)
    },
  )

  test('no more numbers are looked for than asked', () => {
    expect(three().overlapping(at(0, 50), 2)).toEqual([1, 2])
  })

  test('an overlap, an empty window, a foreign number and another window are defects that change nothing', () => {
    const windows = three()
    const wrong = [
      () => windows.add(4, at(29, 5)),
      () => windows.add(4, at(12, 0)),
      () => windows.remove(1, at(20, 10)),
      () => windows.remove(2, at(20, 5)),
      () => windows.remove(4, at(10, 10)),
    ]
    for (const call of wrong) expect(call).toThrow(InvariantViolation)
    expect(windows.overlapping(at(0, 50), 10)).toEqual([1, 2, 3])
    expect(windows.size()).toBe(3)
  })

  test('the bytes left by one number are another’s', () => {
    const windows = three()
    windows.remove(2, at(20, 10))
    expect(() => windows.remove(2, at(20, 10))).toThrow(InvariantViolation)
    windows.add(4, at(15, 20))
    windows.add(5, at(60, 5))
    expect(windows.overlapping(at(0, 100), 10)).toEqual([1, 4, 3, 5])
  })
})
