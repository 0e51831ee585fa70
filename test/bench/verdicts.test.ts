import { describe, expect, it } from 'vitest'
import { median, percentile, ratios } from '../../bench/report/figures.ts'
import { missed } from '../../bench/report/results.ts'
import { judge, notRun } from '../../bench/report/targets.ts'
import { BEGIN, END, writeBetween } from '../../bench/report/write-between.ts'
import { parseKernelCycle } from '../../bench/rows/kernel-cycle-result.ts'
import { sampleOf } from '../../bench/rows/measure.ts'

describe('figures', () => {
  it.each([
    [[3, 1, 2], 2],
    [[10, 9], 10],
    [[100, 20, 3], 20],
    [[], Number.NaN],
  ])('of %j the median is %d, by size and not by spelling', (values, middle) => {
    expect(median(values)).toBe(middle)
  })

  it('takes the p99 of a hundred values from the last one', () => {
    const values = Array.from({ length: 100 }, (_, at) => 99 - at)
    expect([percentile(values, 0.99), percentile(values, 1), percentile(values, 0)]).toEqual([
      99, 99, 0,
    ])
  })

  it('divides round by round, so that noise which both sides share falls out', () => {
    expect(ratios([10, 40], [5, 20])).toEqual([2, 2])
    expect(() => ratios([1], [])).toThrow('same rounds')
  })

  it('gives the cost of a window as the difference of its edges, by request and by operation', () => {
    const result = {
      requests: 10,
      operations: 1000,
      seconds: 2,
      p50Ms: 1,
      p99Ms: 3,
      clientCpuUs: 500_000,
    }
    const edges = [
      { allUs: 100, mainUs: 60 },
      { allUs: 4100, mainUs: 2060 },
    ] as const
    expect(sampleOf(result, [...edges])).toEqual({
      ...result,
      ratePerSecond: 5,
      cpuUs: 400,
      mainCpuUs: 200,
      cpuUsPerOperation: 4,
      clientCores: 0.25,
    })
  })
})

describe('verdicts', () => {
  it.each([
    ['mapCpu', 1.35, 'aim reached'],
    ['mapCpu', 1.36, 'must reached'],
    ['mapCpu', 1.61, 'MISSED'],
    ['mapRate', 0.9, 'aim reached'],
    ['mapRate', 0.89, 'must reached'],
    ['mapRate', 0.69, 'MISSED'],
    ['utilisation', 95, 'aim reached'],
    ['utilisation', 94.9, 'MISSED'],
    ['belowBestFit', 0.5, 'aim reached'],
    ['belowBestFit', 0.6, 'aim missed'],
    ['mapCpu', Number.NaN, 'MISSED'],
    ['kernelCycle', null, 'NOT RUN'],
  ] as const)('%s of %s is judged: %s', (id, value, verdict) => {
    expect(judge({ id, value, note: '' })).toBe(verdict)
  })

  it('does not judge a run that was smaller than the target asks', () => {
    expect(judge({ id: 'memory', value: 1, note: '', isComparable: false })).toBe('not comparable')
  })

  it('tells of every row of a group that could not be run, and of no other', () => {
    expect(notRun(['stall', 'kernel'], 'why')).toEqual([
      { id: 'loopDelay', value: null, note: 'why' },
      { id: 'kernelCycle', value: null, note: 'why' },
      { id: 'kernelCycleHttp', value: null, note: 'why' },
    ])
  })

  it('lets the gate pass only what reached its must', () => {
    const reached = { id: 'mapCpu', value: 1.6, note: '' } as const
    const failed = { id: 'mapRate', value: 0.1, note: '' } as const
    const aimless = { id: 'belowBestFit', value: 0.6, note: '' } as const
    const notRun = { id: 'kernelCycle', value: null, note: '' } as const
    expect(missed([reached, failed, aimless, notRun])).toEqual([failed, notRun])
  })
})

describe('the document', () => {
  it('keeps all that stands outside its markers', () => {
    const written = writeBetween(`before\n${BEGIN}\nold\n${END}\nafter\n`, 'new')
    expect(written).toBe(`before\n${BEGIN}\n\nnew\n\n${END}\nafter\n`)
    expect(writeBetween(written, 'new')).toBe(written)
  })

  it.each(['no markers', `${END} ${BEGIN}`])('is refused when it is %j', (text) => {
    expect(() => writeBetween(text, 'new')).toThrow('the document has no')
  })
})

it.each([
  [
    'its backend: 24.9 ms (create 4.0, enable 5.0), least 20.0\n' +
      'medians: http 37.5 ms, backend 25.0 ms, daxctl 50.0 ms\n' +
      'ratio to daxctl: its backend 0.50\n',
    { http: 37.5, backend: 25, daxctl: 50 },
  ],
  ['Error: no dynamic region has room for the device', null],
])('reads the medians of a kernel cycle from %j', (text, figures) => {
  expect(parseKernelCycle(text)).toEqual(figures)
})
