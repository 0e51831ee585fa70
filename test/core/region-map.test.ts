import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { regionMap } from '../../src/core/region-map.ts'
import { ext } from './region-model.ts'

const REGION = ext(100, 100)

describe('regionMap', () => {
  it('is one free item for an empty region', () => {
    expect(regionMap(REGION, [])).toStrictEqual([{ ...REGION, state: 'free' }])
  })

  it('shows allocations with their owners in address order and what is free between them', () => {
    const map = regionMap(REGION, [
      { extent: ext(150, 20), chardev: 'dax0.1' },
      { extent: ext(110, 10), chardev: 'dax0.0', namespace: 'alpha' },
      { extent: ext(120, 5), chardev: 'dax0.1' },
      { extent: ext(190, 10) },
    ])
    expect(map).toStrictEqual([
      { ...ext(100, 10), state: 'free' },
      { ...ext(110, 10), state: 'allocated', chardev: 'dax0.0', namespace: 'alpha' },
      { ...ext(120, 5), state: 'allocated', chardev: 'dax0.1' },
      { ...ext(125, 25), state: 'free' },
      { ...ext(150, 20), state: 'allocated', chardev: 'dax0.1' },
      { ...ext(170, 20), state: 'free' },
      { ...ext(190, 10), state: 'allocated' },
    ])
  })

  it('clips what reaches over the region and what a foreign host books twice', () => {
    const map = regionMap(REGION, [
      { extent: ext(90, 20), chardev: 'dax0.0' },
      { extent: ext(105, 10), chardev: 'dax0.1' },
      { extent: ext(106, 4), chardev: 'dax0.2' },
      { extent: ext(195, 50), chardev: 'dax0.3' },
      { extent: ext(300, 50), chardev: 'dax0.4' },
    ])
    expect(map).toStrictEqual([
      { ...ext(100, 10), state: 'allocated', chardev: 'dax0.0' },
      { ...ext(110, 5), state: 'allocated', chardev: 'dax0.1' },
      { ...ext(115, 80), state: 'free' },
      { ...ext(195, 5), state: 'allocated', chardev: 'dax0.3' },
    ])
  })

  it('covers every byte of the region once, allocated exactly where something is', () => {
    const part = fc.record({ start: fc.nat(220), size: fc.integer({ min: 1, max: 40 }) })
    fc.assert(
      fc.property(fc.array(part, { maxLength: 10 }), (parts) => {
        const map = regionMap(
          REGION,
          parts.map(({ start, size }) => ({ extent: ext(start, size) })),
        )
        const shown = map.flatMap(({ start, size, state }) =>
          Array.from({ length: size }, (_, index) => `${start + index} ${state}`),
        )
        const expected = Array.from({ length: 100 }, (_, index) => {
          const at = 100 + index
          const taken = parts.some(({ start, size }) => start <= at && at < start + size)
          return `${at} ${taken ? 'allocated' : 'free'}`
        })
        expect(shown).toStrictEqual(expected)
      }),
    )
  })
})
