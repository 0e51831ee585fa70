import fc from 'fast-check'
import { expect, it } from 'vitest'
import { DaxError } from '../../src/core/errors.ts'
import {
  patchShares,
  SHARES_COUNT_MAX,
  type Shares,
  shareFigures,
  unsharedAvailable,
} from '../../src/core/shares.ts'
import { type Bytes, bytes } from '../../src/core/units.ts'

const UNIT = bytes(16)
const REGION_UNITS = 40

const names = fc.constantFrom('a', 'b')
const units = fc.integer({ min: 0, max: 24 })

/** Someone who takes or gives back units, of a share or of none, or a new quota. */
const steps = fc.array(
  fc.oneof(
    fc.record({ do: fc.constant('take' as const), share: fc.option(names), units }),
    fc.record({ do: fc.constant('drop' as const), share: fc.option(names), units }),
    fc.record({ do: fc.constant('patch' as const), share: names, units: fc.option(units) }),
  ),
  { maxLength: 40 },
)

interface Model {
  shares: Shares
  used: Map<string, Bytes>
  /** Taken by those in no share. */
  others: number
}

function groundOf({ shares, used, others }: Model) {
  const taken = [...used.values()].reduce((sum, size) => sum + size, others)
  return { shares, used, available: bytes(REGION_UNITS * UNIT - taken) }
}

function limitOf(model: Model, share: string | null): number {
  const ground = groundOf(model)
  return share === null
    ? unsharedAvailable(ground)
    : (shareFigures(ground).get(share)?.available ?? 0)
}

it('never lets all together take more than there is, and always lets a share take the rest of its own', () => {
  fc.assert(
    fc.property(steps, (history) => {
      const model: Model = { shares: {}, used: new Map(), others: 0 }
      const usedOf = (share: string): number => model.used.get(share) ?? 0
      for (const step of history) {
        const size = (step.units ?? 0) * UNIT
        if (step.do === 'patch') {
          try {
            const change = { [step.share]: step.units === null ? null : bytes(size) }
            model.shares = patchShares(groundOf(model), change, UNIT)
          } catch (error) {
            expect(['no_space', 'share_busy']).toContain((error as DaxError).code)
          }
        } else if (step.do === 'take') {
          if (size > limitOf(model, step.share)) continue
          if (step.share === null) model.others += size
          else model.used.set(step.share, bytes(usedOf(step.share) + size))
        } else if (step.share === null) model.others = Math.max(0, model.others - size)
        else model.used.set(step.share, bytes(Math.max(0, usedOf(step.share) - size)))
        const ground = groundOf(model)
        let kept = 0
        for (const [name, figures] of shareFigures(ground)) {
          expect(figures.available).toBe(figures.size - usedOf(name))
          kept += figures.available
        }
        expect(kept + unsharedAvailable(ground)).toBe(ground.available)
      }
    }),
    { numRuns: 2_000 },
  )
})

it('promises no more than the host has left when somebody has taken memory past daxd', () => {
  const ground = { shares: { a: bytes(64), b: bytes(64) }, used: new Map(), available: bytes(48) }
  expect(unsharedAvailable(ground)).toBe(0)
  expect(shareFigures(ground).get('a')).toEqual({ size: 64, used: 0, available: 48 })
  expect(patchShares(ground, { a: bytes(48) }, UNIT)).toEqual({ a: 48, b: 64 })
  expect(() => patchShares(ground, { a: bytes(80) }, UNIT)).toThrow(DaxError)
})

it('takes as many shares as its bound and no more', () => {
  const ground = { shares: {}, used: new Map(), available: bytes(0) }
  const many = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`s${at}`, bytes(0)]))
  expect(Object.keys(patchShares(ground, many(SHARES_COUNT_MAX), UNIT)).length).toBe(16)
  expect(() => patchShares(ground, many(SHARES_COUNT_MAX + 1), UNIT)).toThrow(DaxError)
})
