import { once } from 'node:events'
import { Agent, get, type IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { drawOnce, openEventStream } from '../../routes/event-stream.ts'
import { ANYONE } from '../../src/core/principal.ts'
import { createEventFeed } from '../../src/services/event-feed.ts'
import { serviceFixture } from '../services/fixture.ts'
import { leaseDraft } from '../services/world/drafts.ts'
import { refusal } from '../support/api.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'

const WATCHERS_MAX = 1000

async function watched(count: number) {
  const fixture = await serviceFixture()
  const feed = createEventFeed(fixture)
  const make = (first: number) =>
    fixture.world.commit((tx) => {
      for (let at = first; at < first + count; at += 1) {
        tx.create('lease', { ...leaseDraft(`l-${at}`), labels: { fill: 'x'.repeat(200) } })
      }
    })
  const watcher = {
    tenant: null,
    draw: drawOnce(({ revision }) => `${revision}:${'x'.repeat(2000)}\n`)(ANYONE),
  }
  return { ...fixture, feed, make, watcher }
}

/** Takes text piece by piece and keeps the revisions of the frames that are whole. */
function frameReader() {
  const revisions: number[] = []
  let rest = ''
  return {
    revisions,
    take(text: string): void {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) if (/^\d+:/.test(line)) revisions.push(Number.parseInt(line, 10))
    },
  }
}

test('a reader that takes nothing is cut off, and resumes by its last id without gap or repeat', async () => {
  const { feed, make, watcher } = await watched(600)
  const times = { heartbeatMs: 20, stalledMs: 50 }
  const { readable } = await openEventStream(feed, 0, watcher, times)
  readable.once('readable', () => undefined)
  await make(1)
  await once(readable, 'close')
  expect([feed.watchers(), feed.cutOffs()]).toEqual([0, 1])
  expect(readable.readableLength).toBeLessThan(600 * 2000)

  const told = 17
  const again = await openEventStream(feed, told, watcher)
  const reader = frameReader()
  again.readable.on('data', (chunk) => reader.take(String(chunk)))
  while (reader.revisions.at(-1) !== 600) await pause(5)
  await make(1001)
  while (reader.revisions.at(-1) !== 1200) await pause(5)
  expect(reader.revisions).toEqual(Array.from({ length: 1200 - told }, (_, at) => at + told + 1))
  again.end()
  await once(again.readable, 'close')
  expect([feed.watchers(), feed.cutOffs()]).toEqual([0, 1])
})

test('what a slow reader has not taken stays in the feed: its own buffer is bounded', async () => {
  const { feed, make, watcher } = await watched(900)
  const { readable } = await openEventStream(feed, 0, watcher)
  for (let round = 0; round < 5; round += 1) await make(round * 1000 + 1)
  const highest: number[] = []
  const reader = frameReader()
  while (reader.revisions.length < 4500) {
    highest.push(readable.readableLength)
    reader.take(String(readable.read(16_384) ?? readable.read() ?? ''))
    await pause(0)
  }
  expect(Math.max(...highest)).toBeLessThan(512 * 1024)
  expect(reader.revisions).toEqual(Array.from({ length: 4500 }, (_, at) => at + 1))
  readable.destroy()
})

test('a reader that has fallen behind what is kept is cut off, and told so when it comes back', async () => {
  const { feed, make, watcher } = await watched(900)
  const { readable } = await openEventStream(feed, 0, watcher)
  for (let round = 0; round < 30; round += 1) await make(round * 1000 + 1)
  readable.resume()
  await once(readable, 'close')
  expect([feed.watchers(), feed.cutOffs()]).toEqual([0, 1])
  await expect(openEventStream(feed, 64, watcher)).rejects.toMatchObject({ code: 'events_gone' })
  expect(feed.watchers()).toBe(0)
})

test('watchers beyond their bound are 503 with Retry-After, and served when one has left', async () => {
  const daemon = await startTestDaemon()
  const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY })
  onTestFinished(() => agent.destroy())
  const open = async (): Promise<IncomingMessage> => {
    const [answer] = await once(get(`${daemon.url}/v1/events`, { agent }), 'response')
    answer.on('error', () => undefined).resume()
    return answer
  }
  const streams: IncomingMessage[] = []
  while (streams.length < WATCHERS_MAX) {
    streams.push(...(await Promise.all(Array.from({ length: 100 }, open))))
  }
  expect(new Set(streams.map(({ statusCode }) => statusCode))).toEqual(new Set([200]))
  const late = await daemon.ask('get', '/v1/events')
  expect(refusal(late)).toEqual({ status: 503, errno: 'EAGAIN', code: 'overloaded' })
  expect(late.headers['retry-after']).toBe('1')
  expect((await daemon.get('/v1/regions')).items).toHaveLength(2)
  streams[0]?.destroy()
  for (;;) {
    const answer = await open()
    if (answer.statusCode === 200) break
    await pause(10)
  }
  const metrics = await daemon.ask('get', '/metrics')
  expect(metrics.text).toContain(`daxd_queue_length{queue="watchers"} ${WATCHERS_MAX}\n`)
  expect(metrics.text).toContain('daxd_event_watchers_cut_off_total 0\n')
})
