import { expect, test } from 'vitest'
import { createHostNotices } from '../../src/services/host-notices.ts'
import { manualClock } from './manual-clock.ts'

/** A host whose looks and queues end when the test says so. */
function stage() {
  const looks: PromiseWithResolvers<readonly []>[] = []
  const idle = Promise.withResolvers<void>()
  const warned: string[] = []
  const queue = { length: 0 }
  const clock = manualClock()
  const log = {
    debug() {},
    info() {},
    error() {},
    warn: (_: object, text: string) => warned.push(text),
  }
  const notices = createHostNotices({
    clock,
    reconciliation: {
      differences() {
        const look = Promise.withResolvers<readonly []>()
        looks.push(look)
        return look.promise
      },
    },
    queues: { length: () => queue.length, idle: () => idle.promise },
    log,
  })
  const settle = () => new Promise((resolve) => setImmediate(resolve))
  return { clock, looks, idle, warned, queue, notices, settle }
}

test('looks never overlap: changes during one share the next', async () => {
  const { looks, notices, settle } = stage()
  for (let count = 0; count < 3; count += 1) notices.changed()
  expect(looks).toHaveLength(1)
  looks[0]?.resolve([])
  await settle()
  expect(looks).toHaveLength(2)
  looks[1]?.resolve([])
  await settle()
  expect(looks).toHaveLength(2)
})

test('looks when what runs has ended, since a busy region is left out of a look', async () => {
  const { clock, looks, idle, queue, notices, settle } = stage()
  queue.length = 1
  notices.changed()
  await clock.advance(999)
  expect(looks).toHaveLength(0)
  queue.length = 0
  idle.resolve()
  await settle()
  looks[0]?.resolve([])
  await clock.advance(10_000)
  expect(looks).toHaveLength(1)
})

test('looks after a second beside what still runs, and again when that has ended', async () => {
  const { clock, looks, idle, queue, notices, settle } = stage()
  queue.length = 1
  notices.changed()
  await clock.advance(1000)
  expect(looks).toHaveLength(1)
  looks[0]?.resolve([])
  await clock.advance(10_000)
  expect(looks).toHaveLength(1)
  queue.length = 0
  idle.resolve()
  await settle()
  expect(looks).toHaveLength(2)
})

test('stops while it waits for what runs, and looks no more', async () => {
  const { clock, looks, queue, notices } = stage()
  queue.length = 1
  notices.changed()
  await notices.stop()
  await clock.advance(10_000)
  expect(looks).toHaveLength(0)
})

test('goes on after a look that failed', async () => {
  const { looks, warned, notices, settle } = stage()
  notices.changed()
  looks[0]?.reject(new Error('no sysfs'))
  await settle()
  notices.changed()
  expect([looks.length, warned]).toEqual([2, ['a change of the host could not be looked at']])
})

test('stops after the look under way, and begins no other', async () => {
  const { looks, notices, settle } = stage()
  notices.changed()
  notices.changed()
  let isStopped = false
  const stop = notices.stop().then(() => {
    isStopped = true
  })
  await settle()
  expect(isStopped).toBe(false)
  looks[0]?.resolve([])
  await stop
  notices.changed()
  expect(looks).toHaveLength(1)
})
