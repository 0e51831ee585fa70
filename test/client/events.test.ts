/** The stream of events over lost connections. */
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { createClient, type Daxd, type EventView, type Lost } from '../../client/src/index.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { startDaemonOnSocket } from './support/daemon-on-socket.ts'
import { problem, type Script, startScriptedServer } from './support/scripted-server.ts'
import { until } from './support/until.ts'

const TIMEOUT_MS = 60_000

afterEach(() => void vi.useRealTimers())

/** Watches in the background until the test ends. */
function watch(daxd: Daxd, options: { since?: number; giveUpAfterMs?: number } = {}) {
  const aborter = new AbortController()
  onTestFinished(() => aborter.abort())
  const seen: EventView[] = []
  const losses: Lost[] = []
  let opened = 0
  const { signal } = aborter
  const onOpen = (): void => {
    opened += 1
  }
  const onLost = (lost: Lost): void => {
    losses.push(lost)
  }
  const ended = (async () => {
    for await (const event of daxd.events({ ...options, signal, onOpen, onLost })) seen.push(event)
  })().catch((error: unknown) => error)
  return { seen, losses, ended, opened: () => opened, abort: (why: Error) => aborter.abort(why) }
}

const leaseOf = (daxd: Daxd, holder: string) => daxd.leases.create({ holder, ttl_ms: 600_000 })
/** What was made. A daemon that starts changes leases, too: it gives them their full time. */
const made = (events: readonly EventView[]) =>
  events.filter(({ type }) => type === 'created').map(({ id }) => id)

test('changes come as they happen, and as the collection has them', async () => {
  const { url } = await startTestDaemon()
  const daxd = createClient({ url })
  const watching = watch(daxd, { since: 0 })
  const { id } = await leaseOf(daxd, 'me')
  await until('the lease', () => made(watching.seen).includes(id))
  expect(watching.seen).toEqual(await daxd.events.list({ since: 0 }).all())
  expect(watching.seen.at(-1)).toMatchObject({ type: 'created', kind: 'lease', id })
})

test(
  'a daemon that was killed and is back goes on where it was: nothing lost or twice',
  async () => {
    const daemon = await startDaemonOnSocket()
    const daxd = daemon.client()
    const watching = watch(daxd)
    await until('the connection', () => watching.opened() === 1)
    const before = await leaseOf(daxd, 'before')
    await until('the first lease', () => watching.seen.length === 1)
    await daemon.kill()
    await until('the loss', () => watching.losses.length > 0)
    await daemon.start()
    // Made while nobody listened, or not: the watcher comes back when it likes.
    const after = await leaseOf(daxd, 'after')
    await until('the second lease', () => made(watching.seen).includes(after.id))
    expect(made(watching.seen)).toEqual([before.id, after.id])
    expect(watching.opened()).toBe(2)
  },
  TIMEOUT_MS,
)

test(
  'a connection that is lost before any event comes back to where it began',
  async () => {
    const daemon = await startDaemonOnSocket()
    const daxd = daemon.client()
    const watching = watch(daxd)
    await until('the connection', () => watching.opened() === 1)
    expect(watching.seen).toEqual([])
    await daemon.kill()
    await until('the loss', () => watching.losses.length > 0)
    await daemon.start()
    const missed = await leaseOf(daxd, 'missed')
    await until('what was missed', () => made(watching.seen).includes(missed.id))
  },
  TIMEOUT_MS,
)

test('a gap that is too old is an end with a name', async () => {
  const { url, received } = await startScriptedServer((response) =>
    problem(response, { status: 410, code: 'events_gone' }),
  )
  const { ended } = watch(createClient({ url }), { since: 3 })
  expect(await ended).toMatchObject({ name: 'DaxdError', code: 'events_gone', status: 410 })
  expect(received).toMatchObject([{ call: 'GET /v1/events', headers: { 'last-event-id': '3' } }])
})

test('leaving the loop cuts the connection', async () => {
  let closed = 0
  const { url } = await startScriptedServer((response) => {
    response.once('close', () => {
      closed += 1
    })
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('id: 1\ndata: {"revision":1}\n\nid: 2\ndata: {"revision":2}\n\n')
  })
  for await (const { revision } of createClient({ url }).events()) {
    expect(revision).toBe(1)
    break
  }
  await until('the close', () => closed === 1)
})

test('a signal ends the sequence with its reason', async () => {
  const { url } = await startTestDaemon()
  const watching = watch(createClient({ url }))
  await until('the connection', () => watching.opened() === 1)
  const reason = new Error('enough')
  watching.abort(reason)
  expect(await watching.ended).toBe(reason)
})

test('the last id goes with every new connection, marks without data included', async () => {
  const frames = ['id: 5\nretry: 1\n\n', 'id: 8\ndata: {"revision":8}\n\n', ': beat\n\n', '']
  const { url, received } = await startScriptedServer((response, count) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(frames[count - 1] ?? '')
  })
  const { seen, abort } = watch(createClient({ url }))
  await until('five connections', () => received.length >= 5)
  abort(new Error('enough'))
  const given = received.map(({ headers }) => headers['last-event-id'])
  expect(given.slice(0, 5)).toEqual([undefined, '5', '8', '8', '8'])
  expect(seen.map(({ revision }) => revision)).toEqual([8])
})

test('silence for three heartbeats is a lost connection', async () => {
  const { url, received } = await startScriptedServer((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write('id: 5\n\n')
  })
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'], shouldAdvanceTime: true })
  const watching = watch(createClient({ url }))
  await vi.waitUntil(() => watching.opened() === 1, { timeout: 20_000 })
  await vi.advanceTimersByTimeAsync(44_000)
  expect(watching.losses).toEqual([])
  await vi.advanceTimersByTimeAsync(10_000)
  await vi.waitUntil(() => received.length > 1, { timeout: 20_000 })
  expect(watching.losses[0]?.error).toMatchObject({ reason: 'timeout' })
})

const proxied: Script = (response) => {
  response.writeHead(200, { 'content-type': 'text/html' })
  response.end('<h1>Please log in</h1>')
}

test('what cannot be helped by waiting is thrown at once', async () => {
  const { url, received } = await startScriptedServer(proxied)
  const { ended } = watch(createClient({ url }))
  expect(await ended).toMatchObject({ name: 'DaxdConnectionError', reason: 'not_daxd' })
  expect(received).toHaveLength(1)
})

test('a daemon that stays away is given up when the caller says so', async () => {
  const { url } = await startScriptedServer((response, count) => {
    if (count > 1) {
      response.destroy()
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end('id: 5\n\n')
  })
  const watching = watch(createClient({ url }), { giveUpAfterMs: 700 })
  expect(await watching.ended).toMatchObject({ reason: 'unreachable' })
  expect(watching.losses.length).toBeGreaterThan(1)
})
