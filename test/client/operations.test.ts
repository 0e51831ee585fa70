/** Work that outlasts its call, waited for or not. */
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import {
  createClient,
  type Daxd,
  isOperation,
  OperationTimeoutError,
  type OperationView,
} from '../../client/src/index.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'

/** A daemon with a device that somebody has open. */
async function startBusy() {
  const { url } = await startTestDaemon()
  const daxd = createClient({ url })
  const { chardev } = await daxd.namespaces.create({ name: 'n', size: '2m', region: 0 })
  const { id } = await daxd.handles.create(chardev ?? '', { holder: 'somebody' })
  return { daxd, chardev: chardev ?? '', handle: id }
}

async function drain(daxd: Daxd): Promise<OperationView> {
  const begun = await daxd.namespaces.delete('n', { if_busy: 'drain' }, { wait: false })
  if (isOperation(begun)) return begun
  throw new Error('the drain was no operation')
}

test('a drain is waited for, and what it has come to is told on the way', async () => {
  const { daxd, handle } = await startBusy()
  const states: string[] = []
  const onProgress = ({ state }: OperationView): void => {
    states.push(state)
  }
  const deleted = daxd.namespaces.delete('n', { if_busy: 'drain' }, { onProgress })
  while (states.length === 0) await sleep(10)
  await daxd.handles.delete(handle)
  expect(await deleted).toBeUndefined()
  expect([states[0], states.at(-1)]).toEqual(['running', 'succeeded'])
  expect(await daxd.namespaces.list().all()).toEqual([])
})

test('an operation that fails throws its own problem', async () => {
  const { daxd, chardev } = await startBusy()
  const late = daxd.devices.disable(chardev, { if_busy: 'drain', timeout_ms: 100 })
  await expect(late).rejects.toMatchObject({
    name: 'DaxdError',
    code: 'drain_timeout',
    errno: 'ETIMEDOUT',
    operation: { verb: 'disable-device', state: 'failed' },
  })
})

test('without waiting the operation is the answer, to be awaited or cancelled', async () => {
  const { daxd, handle } = await startBusy()
  const cancelled = await drain(daxd)
  await daxd.operations.cancel(cancelled.id)
  await expect(daxd.operations.wait(cancelled)).rejects.toMatchObject({ code: 'cancelled' })
  const { id } = await drain(daxd)
  await daxd.handles.delete(handle)
  expect(await daxd.operations.wait(id)).toBeUndefined()
})

test('work that is done at once answers its result, also to who would not wait', async () => {
  const { url } = await startTestDaemon()
  const daxd = createClient({ url })
  const made = await daxd.namespaces.create({ size: '2m', region: 0 }, { wait: false })
  expect(isOperation(made)).toBe(false)
})

test('a wait has an end, which says how far the operation is and that it goes on', async () => {
  const { daxd } = await startBusy()
  const operation = await drain(daxd)
  const wait = daxd.operations.wait(operation, { waitTimeoutMs: 100 })
  const error: unknown = await wait.catch((error) => error)
  expect(error).toBeInstanceOf(OperationTimeoutError)
  expect(String(error)).toContain(`Operation ${operation.id} (destroy-namespace n) is running`)
  expect(await daxd.operations.get(operation.id)).toMatchObject({ state: 'running' })
})

test('a signal ends the wait and not the operation', async () => {
  const { daxd } = await startBusy()
  const operation = await drain(daxd)
  const reason = new Error('enough')
  const aborter = new AbortController()
  const onProgress = (): void => aborter.abort(reason)
  const wait = daxd.operations.wait(operation, { signal: aborter.signal, onProgress })
  await expect(wait).rejects.toBe(reason)
  expect(await daxd.operations.get(operation.id)).toMatchObject({ state: 'running' })
})

test('a collection is one sequence over its pages, a page as long as was asked', async () => {
  const { url } = await startTestDaemon()
  const daxd = createClient({ url })
  const names = Array.from({ length: 7 }, (_, index) => `n${index}`)
  for (const name of names) await daxd.namespaces.create({ name, size: '2m', region: 0 })
  const seen: string[] = []
  for await (const { name } of daxd.namespaces.list({ limit: 3 })) seen.push(name)
  expect(seen.sort()).toEqual(names)
  const listing = daxd.namespaces.list({ limit: 3 })
  const first = await listing.page()
  const second = await listing.page(first.next ?? '')
  const third = await listing.page(second.next ?? '')
  expect([first, second, third].map(({ items }) => items.length)).toEqual([3, 3, 1])
  expect(third.next).toBeNull()
  expect(await daxd.devices.list({ region: 1 }).all()).toEqual([])
})
