/** What bench/churn.ts makes of its samples. */
import { describe, expect, it } from 'vitest'
import type { Sample } from '../../bench/churn/sample.ts'
import { measureSpace } from '../../bench/churn/space.ts'
import { type ChurnVerdict, judgeChurn } from '../../bench/churn/verdicts.ts'
import { verdictLine } from '../../bench/report/churn-table.ts'
import { fitLine, judgeGrowth } from '../../bench/report/growth.ts'
import { createRandom } from '../../bench/rows/random.ts'

const MIB = 2 ** 20
const RULE = { name: 'memory', tolerance: 0.1, floor: 1 }

function series(count: number, of: (at: number) => number) {
  return Array.from({ length: count }, (_, at) => ({ x: at, y: of(at) }))
}

describe('a line of least squares', () => {
  it('goes through points that are on a line, and is sure of it', () => {
    expect(fitLine(series(5, (at) => 10 + 3 * at))).toEqual({
      slope: 3,
      slopeError: 0,
      mean: 16,
      gain: 12,
    })
  })

  it('takes the middle of points that scatter, and tells by how much it may err', () => {
    // By hand: x about its mean -2..2, y 1 3 2 5 4: slope 8/10, residuals' squares 3.6, 3 to spare.
    const y = [1, 3, 2, 5, 4]
    const line = fitLine(series(5, (at) => y[at] ?? Number.NaN))
    expect(line.slope).toBeCloseTo(0.8, 12)
    expect(line.slopeError).toBeCloseTo(Math.sqrt(3.6 / 3 / 10), 12)
    expect([line.mean, line.gain]).toEqual([3, expect.closeTo(3.2, 12)])
  })

  it.each([
    [series(4, () => 1), 'needs 5 points'],
    [Array.from({ length: 5 }, () => ({ x: 1, y: 1 })), 'different x'],
  ])('is refused for %j', (points, why) => {
    expect(() => fitLine(points)).toThrow(why)
  })
})

describe('growth', () => {
  it.each([1, 2, 3, 4, 5])('is told of a series that grows in noise, seed %i', (seed) => {
    const random = createRandom(seed)
    const points = series(15, (at) => 400 + 5 * at + 20 * random.unit())
    expect(judgeGrowth(RULE, points).verdict).toBe('grew')
  })

  it.each([1, 2, 3, 4, 5])('is not told of a flat series in much noise, seed %i', (seed) => {
    const random = createRandom(seed)
    const points = series(15, () => 400 + 200 * random.unit())
    expect(judgeGrowth(RULE, points).verdict).toBe('no growth')
  })

  it.each([
    ['a step up halfway', (at: number) => (at < 8 ? 400 : 500), 'grew'],
    ['one high value at the end', (at: number) => (at < 14 ? 400 : 700), 'no growth'],
    ['a fall', (at: number) => 700 - 20 * at, 'no growth'],
    ['less than is tolerated', (at: number) => 400 + 2 * at, 'no growth'],
    ['more than that', (at: number) => 400 + 3.2 * at, 'grew'],
  ])('of %s is judged by its line', (_, of, verdict) => {
    expect(judgeGrowth(RULE, series(15, of)).verdict).toBe(verdict)
  })

  it('below the floor is none, however large a share of the mean it is', () => {
    const points = series(15, (at) => 0.01 * at)
    expect(judgeGrowth(RULE, points).verdict).toBe('no growth')
    expect(judgeGrowth({ ...RULE, floor: 0.1 }, points).verdict).toBe('grew')
  })
})

const FLAT: Sample = {
  operations: 0,
  seconds: 30,
  cpuUsPerOperation: 20,
  singleP99Ms: 10,
  residentBytes: 400 * MIB,
  heapBytes: 50 * MIB,
  externalBytes: 10 * MIB,
  ledgerBytes: 900 * MIB,
  eventsKept: 100_000,
  auditKept: 1_000_000,
  live: { mapping: 1, handle: 1, lease: 0, claim: 0, namespace: 1, device: 1 },
  freeBytes: 1,
  largestGapBytes: 1,
  openFiles: 30,
  threads: 12,
}

function samples(of: (at: number) => Partial<Sample>): Sample[] {
  return Array.from({ length: 20 }, (_, at) => ({ ...FLAT, operations: 1e6 * (at + 1), ...of(at) }))
}

function told(verdicts: readonly ChurnVerdict[]): Record<string, string> {
  return Object.fromEntries(verdicts.map(({ quantity, verdict }) => [quantity, verdict]))
}

const ALL_FLAT = {
  residentBytes: 'no growth',
  heapBytes: 'no growth',
  ledgerBytes: 'no growth',
  cpuUsPerOperation: 'no growth',
  openFiles: 'no growth',
  threads: 'no growth',
}

describe('the verdict of a churn', () => {
  it('is no growth when only the warm-up grew', () => {
    const found = samples((at) => (at < 5 ? { residentBytes: (100 + 50 * at) * MIB } : {}))
    expect(told(judgeChurn(found))).toEqual(ALL_FLAT)
  })

  it('names what grew after it, and nothing else', () => {
    const found = samples((at) => ({ heapBytes: (50 + at) * MIB, openFiles: 30 + at }))
    expect(told(judgeChurn(found))).toEqual({ ...ALL_FLAT, heapBytes: 'grew', openFiles: 'grew' })
    const line = judgeChurn(found).find(({ quantity }) => quantity === 'heapBytes')
    expect(line && verdictLine(line)).toBe(
      'heap in use: grew: 14.00 MiB (22.6 %) over 15 samples, 1.00 +- 0.00 MiB a million ' +
        'operations; mean 62.00 MiB, tolerated 5 % or 4.00 MiB',
    )
  })

  it('lets the ledger grow until the audit is full, and memory until the events are', () => {
    const found = samples((at) => ({
      auditKept: 10_000 * at,
      eventsKept: at < 10 ? 10_000 * at : 100_000,
      ledgerBytes: 100 * at * MIB,
      residentBytes: Math.min(at, 10) * 40 * MIB,
    }))
    expect(told(judgeChurn(found))).toEqual({ ...ALL_FLAT, ledgerBytes: 'not judged' })
    const line = judgeChurn(found).find(({ quantity }) => quantity === 'ledgerBytes')
    expect(line && verdictLine(line)).toBe(
      'ledger and log: not judged: 0 samples after 1000000 audit entries were kept, 5 are needed',
    )
  })

  it('is told of a ledger that grows beyond a full audit', () => {
    const found = samples((at) => ({ ledgerBytes: (900 + 10 * at) * MIB }))
    expect(told(judgeChurn(found))).toEqual({ ...ALL_FLAT, ledgerBytes: 'grew' })
  })
})

describe('the space of devices', () => {
  const devices = new Map([
    ['dax0.0', 100],
    ['dax1.0', 50],
  ])
  const mapping = (id: string, chardev: string, offset: number, length: number) => ({
    id,
    chardev,
    offset,
    length,
    state: 'live',
  })

  it('is what lies between mappings and at both ends', () => {
    const mappings = [mapping('b', 'dax0.0', 60, 20), mapping('a', 'dax0.0', 10, 20)]
    expect(measureSpace(mappings, devices)).toEqual({ freeBytes: 110, largestGapBytes: 50 })
  })

  it.each([
    ['overlap', [mapping('a', 'dax0.0', 0, 20), mapping('b', 'dax0.0', 10, 20)], 'b overlaps'],
    ['end beyond the device', [mapping('a', 'dax1.0', 40, 20)], 'the end overlaps on dax1.0'],
    ['are on a device that is none', [mapping('a', 'dax2.0', 0, 1)], 'a is on no device'],
  ])('is refused when mappings %s', (_, mappings, why) => {
    expect(() => measureSpace(mappings, devices)).toThrow(why)
  })
})
