import { describe, expect, it, onTestFinished } from 'vitest'
import { refusal } from '../support/api.ts'
import { startWithDevice } from './devices.ts'
import { open, type Stage, type Subject } from './stage.ts'

interface Change {
  readonly revision: number
  readonly type: string
  readonly kind: string
  readonly id: string
  readonly object?: { readonly revision: number }
}

/** Every change, in order. */
export function eventsContract(stage: Stage): void {
  const collect = (api: Subject, query = '') =>
    api.ok('get', `/v1/events?limit=1000${query}`, 200, {
      headers: { accept: 'application/json' },
    })
  const brief = (events: readonly Change[]) => events.map(({ type, kind, id }) => [type, kind, id])

  describe(`${stage.name}: events`, () => {
    it('tells each change once with the object as it is read, by growing revisions', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const since = (await collect(api)).items.at(-1).revision
      const handle = await api.make(`/v1/devices/${chardev}/handles`, { holder: 'a' })
      const body = { handle: handle.id, length: 2 ** 21 }
      const mapping = await api.make('/v1/mappings', body)
      await api.remove(`/v1/mappings/${mapping.id}`)
      await api.remove(`/v1/handles/${handle.id}`)
      const { items, next } = await collect(api, `&since=${since}`)
      expect(next).toBeNull()
      const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/)
      const revision = expect.any(Number)
      expect(items).toEqual([
        {
          revision: handle.revision,
          at,
          type: 'created',
          kind: 'handle',
          id: handle.id,
          object: handle,
        },
        {
          revision: mapping.revision,
          at,
          type: 'created',
          kind: 'mapping',
          id: mapping.id,
          object: mapping,
        },
        { revision, at, type: 'deleted', kind: 'mapping', id: mapping.id },
        { revision, at, type: 'deleted', kind: 'handle', id: handle.id },
      ])
      const revisions = items.map((event: Change) => event.revision)
      expect(revisions).toEqual([...new Set(revisions)].sort((a, b) => Number(a) - Number(b)))
    })

    it('tells of a device that ends which bearer of its name it was', async () => {
      const { api, chardev, path } = await startWithDevice(stage)
      const { items } = await collect(api)
      const since = items.at(-1).revision
      const { generation } = await api.ok('get', path, 200)
      await api.remove('/v1/namespaces/n')
      const after = (await collect(api, `&since=${since}`)).items
      const ends = after.filter(({ type, kind }: Change) => type === 'deleted' && kind === 'device')
      expect(ends).toEqual([
        expect.objectContaining({
          id: chardev,
          object: expect.objectContaining({ chardev, generation }),
        }),
      ])
    })

    it('begins with the oldest kept, and pages by cursor to the newest', async () => {
      const { api, chardev } = await startWithDevice(stage)
      for (let index = 0; index < 4; index += 1) await open(api, chardev)
      const { items: all } = await collect(api)
      const seen: Change[] = []
      let query = ''
      for (let page = 0; page < 100; page += 1) {
        const answer = await api.ok('get', `/v1/events?limit=3${query}`, 200, {
          headers: { accept: 'application/json' },
        })
        seen.push(...answer.items)
        if (answer.next === null) break
        query = `&cursor=${encodeURIComponent(answer.next)}`
      }
      expect(seen).toEqual(all)
      expect(brief(all)).toContainEqual(['created', 'namespace', 'n'])
      expect(brief(all)).toContainEqual(['created', 'device', chardev])
    })

    it('keeps them over a restart', async () => {
      const { api } = await startWithDevice(stage)
      const { items } = await collect(api)
      const later = await api.restart()
      expect((await collect(later)).items.slice(0, items.length)).toEqual(items)
    })

    it('tells those of one large change after a restart, from any of them on', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const operations = Array.from({ length: 600 }, () => ({ op: 'open', chardev, holder: 'a' }))
      await api.ok('post', '/v1/batch', 200, { body: { operations } })
      const told = (await collect(api)).items.slice(-operations.length)
      const later = await api.restart()
      for (const from of [0, 255, 511, 590]) {
        const since = told[from].revision
        const { items } = await collect(later, `&since=${since}`)
        expect(items.slice(0, told.length - from - 1)).toEqual(told.slice(from + 1))
        const stream = await watch(later, '', { 'last-event-id': String(since) })
        const events = await stream.take(told.length - from - 1)
        expect(events.map(({ data }) => data)).toEqual(told.slice(from + 1))
      }
    })

    it('streams what comes from now on, id and revision alike', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const stream = await watch(api)
      const ids = [await open(api, chardev), await open(api, chardev)]
      const events = await stream.take(2)
      expect(events.map(({ data }) => [data.type, data.kind, data.id])).toEqual(
        ids.map((id) => ['created', 'handle', id]),
      )
      for (const { id, data } of events) {
        expect([id, data.object?.revision]).toEqual([String(data.revision), data.revision])
      }
    })

    it.each(['Last-Event-ID', 'since'])(
      'resumes after %s: nothing twice, nothing lost',
      async (by) => {
        const { api, chardev } = await startWithDevice(stage)
        for (let index = 0; index < 3; index += 1) await open(api, chardev)
        const { items } = await collect(api)
        const from = items[1].revision
        const stream =
          by === 'since'
            ? await watch(api, `?since=${from}`)
            : await watch(api, '', { 'last-event-id': String(from) })
        const rest = items.slice(2)
        const late = [await open(api, chardev)]
        const events = await stream.take(rest.length + late.length)
        expect(events.map(({ data }) => data).slice(0, rest.length)).toEqual(rest)
        expect(events.at(-1)?.data.id).toBe(late[0])
      },
    )

    it('says where it begins, so that a watcher cut off at once can come back', async () => {
      const { api } = await startWithDevice(stage)
      const { items } = await collect(api)
      const newest = String(items.at(-1).revision)
      expect(await beginning(api)).toContain(`id: ${newest}\n`)
      const first = items[0].revision
      expect(await beginning(api, `?since=${first}`)).toContain(`id: ${first}\n`)
    })

    it('tells several watchers the same', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const streams = [await watch(api), await watch(api)]
      await Promise.all([open(api, chardev), open(api, chardev), open(api, chardev)])
      const [one, two] = await Promise.all(streams.map((stream) => stream.take(3)))
      expect(one).toEqual(two)
    })

    it.each(['x', '-1', '1.5', ''])('refuses %o as a revision to begin after', async (since) => {
      const api = await stage.start()
      const malformed = { status: 400, errno: 'EINVAL', code: 'malformed' }
      expect(refusal(await api.ask('get', `/v1/events?since=${since}`))).toEqual(malformed)
      const headers = { 'last-event-id': since }
      if (since !== '') {
        expect(refusal(await api.ask('get', '/v1/events', { headers }))).toEqual(malformed)
      }
    })

    it('ends its streams when the daemon stops', async () => {
      const { api } = await startWithDevice(stage)
      const stream = await watch(api)
      await api.close()
      await expect(stream.take(1)).rejects.toThrow('ended')
    })
  })
}

/** The first that a stream says. */
async function beginning(api: Subject, query = ''): Promise<string> {
  const abort = new AbortController()
  const { body } = await fetch(`${api.url}/v1/events${query}`, { signal: abort.signal })
  const { value } = (await body?.getReader().read()) ?? {}
  abort.abort()
  return new TextDecoder().decode(value)
}

interface Framed {
  readonly id: string
  readonly data: Change
}

/** A stream of events, read frame by frame; it ends with the test. */
async function watch(api: Subject, query = '', headers: Record<string, string> = {}) {
  const abort = new AbortController()
  onTestFinished(() => abort.abort())
  const response = await fetch(`${api.url}/v1/events${query}`, { headers, signal: abort.signal })
  expect([response.status, response.headers.get('content-type')]).toEqual([
    200,
    'text/event-stream',
  ])
  const chunks = response.body?.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]()
  let text = ''
  const frames: Framed[] = []
  return {
    async take(count: number): Promise<Framed[]> {
      while (frames.length < count) {
        const chunk = await chunks?.next()
        if (chunk === undefined || chunk.done) throw new Error('the stream ended')
        text += chunk.value
        const parts = text.split('\n\n')
        text = parts.pop() ?? ''
        frames.push(...parts.flatMap(frameOf))
      }
      return frames.splice(0, count)
    },
  }
}

function frameOf(part: string): Framed[] {
  const fields = new Map(
    part.split('\n').map((line) => {
      const colon = line.indexOf(': ')
      return [line.slice(0, colon), line.slice(colon + 2)]
    }),
  )
  const data = fields.get('data')
  return data === undefined ? [] : [{ id: fields.get('id') ?? '', data: JSON.parse(data) }]
}
