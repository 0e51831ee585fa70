import { expect, test } from 'vitest'
import { createRegionQueues } from '../../src/services/region-queues.ts'
import { outcome } from './world/fixture.ts'

test('tasks of one region run one at a time in their order, those of others meanwhile', async () => {
  const queues = createRegionQueues()
  const told: string[] = []
  const gate = Promise.withResolvers<void>()
  const all = [
    queues.run(0, async () => {
      told.push('first begins')
      await gate.promise
      told.push('first ends')
    }),
    queues.run(0, async () => void told.push('second')),
    queues.run(1, async () => void told.push('other')),
  ]
  await all[2]
  expect([told, queues.length()]).toEqual([['first begins', 'other'], 2])
  gate.resolve()
  await queues.idle()
  expect([told.slice(2), queues.length()]).toEqual([['first ends', 'second'], 0])
  await Promise.all(all)
})

test('a task that fails is answered its failure and does not stop the next', async () => {
  const queues = createRegionQueues()
  const failed = outcome(queues.run(0, () => Promise.reject(new Error('no'))))
  const next = outcome(queues.run(0, async () => 'next'))
  expect([await failed, await next]).toEqual([{ error: 'no' }, { value: 'next' }])
})

test('a full queue refuses with overloaded, and takes tasks again when it has emptied', async () => {
  const queues = createRegionQueues()
  const gate = Promise.withResolvers<void>()
  const all = Array.from({ length: 256 }, () => queues.run(0, () => gate.promise))
  expect(await outcome(queues.run(0, async () => 'late'))).toEqual({ error: 'overloaded' })
  expect(await outcome(queues.run(1, async () => 'other'))).toEqual({ value: 'other' })
  gate.resolve()
  await Promise.all(all)
  expect(await outcome(queues.run(0, async () => 'again'))).toEqual({ value: 'again' })
})

test('a region is still only while nothing has run or waited in it since the watch began', async () => {
  const queues = createRegionQueues()
  const gate = Promise.withResolvers<void>()
  const busy = queues.run(0, () => gate.promise)
  const isStill = queues.watch()
  gate.resolve()
  await busy
  expect([isStill(0), isStill(1), isStill(2)]).toEqual([false, true, true])
  await queues.run(1, async () => undefined)
  expect([isStill(0), isStill(1), isStill(2)]).toEqual([false, false, true])
  expect(queues.watch()(1)).toBe(true)
})
