import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  createFaults,
  FAULT_OPERATIONS,
  type FaultOperation,
  type Faults,
} from '../../../src/backends/emulated/faults.ts'
import { DaxError } from '../../../src/core/errors.ts'

const half = { when: 'before', probability: 0.5, errno: 'EIO' } as const

function strikes(faults: Faults, operation: FaultOperation, calls: number): boolean[] {
  return Array.from({ length: calls }, () => faults.begin(operation, [])('before') !== null)
}

describe('createFaults', () => {
  test('the same seed strikes the same calls, whatever other operations come between', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.array(fc.constantFrom(...FAULT_OPERATIONS), { maxLength: 60 }),
        (seed, calls) => {
          const spec = { seed, rules: [{ ...half, operation: '*' }] }
          const mixed = createFaults(spec)
          const inOrder = new Map<FaultOperation, boolean[]>()
          for (const operation of calls) {
            const outcome = mixed.begin(operation, [])('before') !== null
            inOrder.set(operation, [...(inOrder.get(operation) ?? []), outcome])
          }
          for (const [operation, outcomes] of inOrder) {
            expect(strikes(createFaults(spec), operation, outcomes.length)).toEqual(outcomes)
          }
        },
      ),
    )
  })

  test('another seed and another operation strike other calls', () => {
    const rules = [{ ...half, operation: '*' }]
    const runs = [
      strikes(createFaults({ seed: 1, rules }), 'create', 64),
      strikes(createFaults({ seed: 2, rules }), 'create', 64),
      strikes(createFaults({ seed: 1, rules }), 'enable', 64),
    ].map((run) => JSON.stringify(run))
    expect(new Set(runs).size).toBe(3)
  })

  test.each([
    [0, 0, 0],
    [0.1, 900, 1100],
    [0.5, 4800, 5200],
    [1, 10_000, 10_000],
  ])('probability %d strikes between %d and %d of 10,000 calls', (probability, low, high) => {
    const rules = [{ ...half, operation: 'wipe', probability }]
    const count = strikes(createFaults({ seed: 42, rules }), 'wipe', 10_000).filter(Boolean).length
    expect(count).toBeGreaterThanOrEqual(low)
    expect(count).toBeLessThanOrEqual(high)
  })

  test('a rule strikes only its operation and moment, and times ends it', () => {
    const rules = [
      { operation: 'enable', when: 'after', probability: 1, errno: 'EBUSY', times: 2 },
      { operation: '*', when: 'after', probability: 1, latency_ms: 5 },
    ]
    const faults = createFaults({ seed: 0, rules })
    expect(faults.begin('enable', [])('before')).toBe(null)
    const busy = { errno: 'EBUSY', latencyMs: 0 }
    const slow = { errno: null, latencyMs: 5 }
    const outcomes = [1, 2, 3].map(() => faults.begin('enable', [])('after'))
    expect(outcomes).toEqual([busy, busy, slow])
    expect(faults.begin('observe', [])('after')).toEqual(slow)
  })

  test('a rule for a region strikes what is about it, and no look at the whole host', () => {
    const faults = createFaults({
      seed: 0,
      rules: [{ ...half, probability: 1, operation: '*', region: 1 }],
    })
    const strikesIn = (regions: number[]) => faults.begin('observe', regions)('before') !== null
    expect([[], [0], [1], [0, 1]].map(strikesIn)).toEqual([false, false, true, true])
  })

  test.each([
    [{ seed: 1 }, 'rules'],
    [{ seed: -1, rules: [] }, 'seed'],
    [{ seed: 1, rules: [{ ...half, operation: 'unmount' }] }, 'rules.0.operation'],
    [{ seed: 1, rules: [{ ...half, operation: '*', probability: 1.1 }] }, 'rules.0.probability'],
    [{ seed: 1, rules: [{ ...half, operation: '*', errno: 'EPERM' }] }, 'rules.0.errno'],
    [{ seed: 1, rules: [{ ...half, operation: '*', often: 1 }] }, 'rules.0'],
    [{ seed: 1, rules: [], more: 1 }, ''],
  ])('a specification like %j is malformed at %s', (spec, path) => {
    let caught: unknown
    try {
      createFaults(spec)
    } catch (error) {
      caught = error
    }
    expect(caught).toBeInstanceOf(DaxError)
    const { code, facts } = caught as DaxError
    expect([code, facts.issues?.map((issue) => issue.path)]).toEqual(['malformed', [path]])
  })
})
