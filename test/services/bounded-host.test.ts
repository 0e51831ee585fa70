import { describe, expect, test } from 'vitest'
import { DaxError, type ErrorCode } from '../../src/core/errors.ts'
import { bytes } from '../../src/core/units.ts'
import type { Backend, HostView } from '../../src/ports/backend.ts'
import { type BoundedHost, createBoundedHost } from '../../src/services/bounded-host.ts'
import { manualClock } from './manual-clock.ts'

const BOUNDS = { changeMs: 100, lookMs: 30 }
const SILENT = { debug() {}, info() {}, warn() {}, error() {} }
const VIEW: HostView = { boot_id: 'b', regions: [], devices: [] }
const PART = { offset: bytes(0), length: bytes(4096) }

/** A host each of whose calls ends when the test says so. */
function stage() {
  const clock = manualClock()
  const calls: { what: string; end: PromiseWithResolvers<unknown>; told?: (n: number) => void }[] =
    []
  const call = (what: string, told?: (n: number) => void): Promise<never> => {
    const end = Promise.withResolvers<unknown>()
    calls.push({ what, end, ...(told === undefined ? {} : { told }) })
    return end.promise as Promise<never>
  }
  const backend: Partial<Backend> = {
    kind: 'emulated',
    discover: () => call('discover'),
    enable: (chardev) => call(`enable ${chardev}`),
    fence: (chardev) => call(`fence ${chardev}`),
    wipe: (chardev, _part, onProgress) => call(`wipe ${chardev}`, onProgress),
  }
  const host = createBoundedHost({
    backend: backend as Backend,
    clock,
    log: SILENT,
    bounds: BOUNDS,
  })
  return { host, clock, calls }
}

function codeOf(work: Promise<unknown>): Promise<ErrorCode | 'done'> {
  return work.then(
    () => 'done' as const,
    (error: unknown) => {
      if (error instanceof DaxError) return error.code
      throw error
    },
  )
}

const stuck = (host: BoundedHost, region: number): ErrorCode | null => {
  try {
    host.requireAnswering(region)
    return null
  } catch (error) {
    return (error as DaxError).code
  }
}

describe('a change that takes too long', () => {
  test('is given up, and its region takes no other change until it has returned', async () => {
    const { host, clock, calls } = stage()
    const returned: number[] = []
    host.onReturned((region) => returned.push(region))
    const first = codeOf(host.backend.enable('dax0.1'))
    const isStill = host.watch()
    expect(isStill(0)).toBe(true)
    await clock.advance(BOUNDS.changeMs)
    expect(await first).toBe('backend_timeout')
    expect([stuck(host, 0), stuck(host, 1), isStill(0), isStill(1)]).toEqual([
      'host_hung',
      null,
      false,
      true,
    ])
    expect(await codeOf(host.backend.fence('dax0.2'))).toBe('host_hung')
    const other = codeOf(host.backend.fence('dax1.0'))
    calls.at(-1)?.end.resolve(undefined)
    expect(await other).toBe('done')
    expect(calls.map(({ what }) => what)).toEqual(['enable dax0.1', 'fence dax1.0'])
    calls[0]?.end.reject(new DaxError('backend_failed', 'late'))
    await expect.poll(() => returned).toEqual([0])
    expect([stuck(host, 0), isStill(0), host.watch()(0)]).toEqual([null, false, true])
  })

  test('is one without progress: a wipe that goes on is waited for', async () => {
    const { host, clock, calls } = stage()
    const told: number[] = []
    const wiping = codeOf(host.backend.wipe('dax0.0', PART, (done) => told.push(done)))
    for (const done of [1, 2, 3]) {
      await clock.advance(BOUNDS.changeMs - 1)
      calls[0]?.told?.(done)
    }
    await clock.advance(BOUNDS.changeMs - 1)
    expect([stuck(host, 0), told]).toEqual([null, [1, 2, 3]])
    await clock.advance(1)
    expect([await wiping, stuck(host, 0)]).toEqual(['backend_timeout', 'host_hung'])
    calls[0]?.told?.(4)
    await clock.advance(BOUNDS.changeMs)
    expect(stuck(host, 0)).toBe('host_hung')
  })
})

test('looks that hang are given up and counted: the 17th is refused, until one returns', async () => {
  const { host, clock, calls } = stage()
  for (let count = 0; count < 16; count += 1) {
    const look = codeOf(host.backend.discover())
    await clock.advance(BOUNDS.lookMs)
    expect(await look).toBe('backend_timeout')
  }
  expect(await codeOf(host.backend.discover())).toBe('host_hung')
  expect([calls.length, stuck(host, 0)]).toEqual([16, null])
  calls[0]?.end.resolve(VIEW)
  await expect.poll(() => codeOf(Promise.resolve())).toBe('done')
  const next = codeOf(host.backend.discover())
  calls.at(-1)?.end.resolve(VIEW)
  expect([await next, calls.length]).toEqual(['done', 17])
})

test('at the end of daxd what is under way is given up after its time, and nothing more is begun', async () => {
  const { host, clock, calls } = stage()
  const change = codeOf(host.backend.enable('dax0.1'))
  host.giveUp(10)
  const quick = codeOf(host.backend.fence('dax1.0'))
  calls.at(-1)?.end.resolve(undefined)
  expect(await quick).toBe('done')
  await clock.advance(10)
  expect(await change).toBe('backend_timeout')
  expect(await codeOf(host.backend.discover())).toBe('shutting_down')
  expect(calls).toHaveLength(2)
})

test('an answer in time is the answer, and its bound ends with it', async () => {
  const { host, clock, calls } = stage()
  const failing = codeOf(host.backend.enable('dax0.1'))
  calls[0]?.end.reject(new DaxError('no_space', 'full'))
  expect(await failing).toBe('no_space')
  await clock.advance(BOUNDS.changeMs)
  expect(stuck(host, 0)).toBe(null)
})
