import fc from 'fast-check'
import { expect, it } from 'vitest'
import { createHoleList } from '../../bench/rows/hole-list.ts'

const UNITS = 64

/** The same rules on a list of units, by looking at every place. */
function bruteForce(policy: 'first-fit' | 'best-fit') {
  const taken = Array<boolean>(UNITS).fill(false)
  const set = (offset: number, length: number, to: boolean) =>
    void taken.fill(to, offset, offset + length)
  const holes = () => {
    const found: { start: number; end: number }[] = []
    for (let at = 0; at < UNITS; at += 1) {
      if (taken[at]) continue
      const last = found.at(-1)
      if (last?.end === at) last.end = at + 1
      else found.push({ start: at, end: at + 1 })
    }
    return found
  }
  return {
    take(length: number, align: number): number | null {
      const fitting = holes().filter(
        ({ start, end }) => Math.ceil(start / align) * align + length <= end,
      )
      if (policy === 'best-fit') {
        fitting.sort((a, b) => a.end - a.start - (b.end - b.start) || a.start - b.start)
      }
      const [hole] = fitting
      if (hole === undefined) return null
      const offset = Math.ceil(hole.start / align) * align
      set(offset, length, true)
      return offset
    },
    give: ({ offset, length }: { offset: number; length: number }) => set(offset, length, false),
  }
}

it.each(['first-fit', 'best-fit'] as const)(
  'the list of holes places by %s exactly as a look at every unit does',
  (policy) => {
    const step = fc.record({
      length: fc.integer({ min: 1, max: 20 }),
      align: fc.constantFrom(1, 4, 8),
      give: fc.option(fc.nat(), { nil: null, freq: 2 }),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const list = createHoleList(UNITS, policy)
        const model = bruteForce(policy)
        const live: { offset: number; length: number }[] = []
        for (const { length, align, give } of steps) {
          if (give !== null && live.length > 0) {
            const [window] = live.splice(give % live.length, 1)
            list.give(window!)
            model.give(window!)
            continue
          }
          const offset = list.take(length, align)
          expect(offset).toBe(model.take(length, align))
          if (offset !== null) live.push({ offset, length })
        }
      }),
    )
  },
)
