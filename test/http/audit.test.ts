import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { pino } from 'pino'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { createToken } from '../../src/identity/token-file.ts'
import { verifyAuditFile } from '../../src/ledger/audit-file.ts'
import { ledgerPath } from '../../src/ledger/ledger-files.ts'
import { startDaemon } from '../../src/serve.ts'
import { temporaryDirectory } from '../ledger/temporary-directory.ts'
import { type Answer, refusal } from '../support/api.ts'
import { startTestDaemon, type TestDaemon } from '../support/start-test-daemon.ts'

const MIB = 2 ** 20
type Entry = Answer['body']

async function entriesOf(daemon: TestDaemon, query = ''): Promise<Entry[]> {
  const { items, next } = await daemon.get(`/v1/audit?limit=1000${query}`)
  expect(next).toBeNull()
  return items
}

/** Entries of calls in one line each, without daxd's own. */
async function storyOf(daemon: TestDaemon): Promise<string[]> {
  const entries = await entriesOf(daemon)
  return entries
    .filter(({ actor }) => actor.name !== 'daxd')
    .map(({ call, action, outcome, object: { kind, id } }) =>
      [call, action, outcome, `${kind}/${id}`].join(' | '),
    )
}

async function pool(daemon: TestDaemon): Promise<string> {
  const request = { name: 'pool', region: 0, size: 64 * MIB, pool: true }
  return (await daemon.make('/v1/namespaces', request)).chardev
}

describe('the audit of a daemon', () => {
  it('tells of each call, step by step: what it was, what it was about and how it ended', async () => {
    const daemon = await startTestDaemon()
    const chardev = await pool(daemon)
    const lease = await daemon.make('/v1/leases', { holder: 'ada', ttl_ms: 60_000 })
    const open = { holder: 'ada', lease: lease.id }
    const handle = await daemon.make(`/v1/devices/${chardev}/handles`, open)
    const mapping = await daemon.make('/v1/mappings', { handle: handle.id, length: 2 * MIB })
    await daemon.remove(`/v1/mappings/${mapping.id}`)
    await daemon.ok('patch', '/v1/namespaces/pool', 200, { body: { labels: { a: 'b' } } })
    const claim = { size: 2 * MIB, sharing: 'slice', holder: 'ada' }
    await daemon.ok('put', '/v1/claims/web', 201, { body: claim })
    await daemon.remove('/v1/claims/web')
    await daemon.remove(`/v1/leases/${lease.id}`)
    await daemon.act(`/v1/devices/${chardev}/disable`, {})
    await daemon.remove('/v1/namespaces/pool')
    expect(await storyOf(daemon)).toEqual([
      'POST /v1/namespaces | namespaces:change | begun | namespace/pool',
      'POST /v1/namespaces | namespaces:change | done | namespace/pool',
      `POST /v1/leases | leases:change | done | lease/${lease.id}`,
      `POST /v1/devices/:chardev/handles | handles:change | done | handle/${handle.id}`,
      `POST /v1/mappings | mappings:change | done | mapping/${mapping.id}`,
      `DELETE /v1/mappings/:id | mappings:change | done | mapping/${mapping.id}`,
      'PATCH /v1/namespaces/:name | namespaces:change | done | namespace/pool',
      'PUT /v1/claims/:name | claims:change | done | claim/web',
      'DELETE /v1/claims/:name | claims:change | done | claim/web',
      `DELETE /v1/leases/:id | leases:change | done | lease/${lease.id}`,
      `POST /v1/devices/:chardev/disable | devices:change | done | device/${chardev}`,
      'DELETE /v1/namespaces/:name | namespaces:change | begun | namespace/pool',
      'DELETE /v1/namespaces/:name | namespaces:change | done | namespace/pool',
    ])
  })

  it('tells who, from where, what changed from what to what, and why that place', async () => {
    const daemon = await startTestDaemon()
    const chardev = await pool(daemon)
    const handle = await daemon.make(`/v1/devices/${chardev}/handles`, { holder: 'ada' })
    const mapping = await daemon.make('/v1/mappings', { handle: handle.id, length: 2 * MIB })
    const [made] = await entriesOf(daemon, `&object=mapping/${mapping.id}`)
    expect(made).toEqual({
      number: expect.any(Number),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      at: mapping.created_at,
      actor: { name: 'anyone', role: 'admin', tenant: null, via: 'anyone' },
      source: '127.0.0.1',
      request_id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      call: 'POST /v1/mappings',
      action: 'mappings:change',
      outcome: 'done',
      object: { kind: 'mapping', id: mapping.id },
      tenant: null,
      revisions: { first: expect.any(Number), last: mapping.revision },
      unlisted: 0,
      why: { offset: 0, policy: 'best-fit' },
      changes: [
        {
          kind: 'mapping',
          id: mapping.id,
          type: 'created',
          after: expect.objectContaining({ handle: handle.id, offset: 0, length: 2 * MIB }),
        },
      ],
    })
    await daemon.ok('patch', '/v1/regions/0', 200, { body: { placement: 'best-fit' } })
    const [patched] = await entriesOf(daemon, '&action=regions:change')
    expect(patched.changes).toEqual([
      {
        kind: 'region',
        id: '0',
        type: 'updated',
        before: { placement: 'first-fit' },
        after: { placement: 'best-fit' },
      },
    ])
    const [placed] = await entriesOf(daemon, '&object=namespace/pool')
    expect(placed.why).toMatchObject({ region: 0, policy: 'first-fit' })
  })

  it('has one entry for a batch, and none for what changed nothing', async () => {
    const daemon = await startTestDaemon()
    const chardev = await pool(daemon)
    const before = (await entriesOf(daemon)).length
    const operations = Array.from({ length: 150 }, () => ({ op: 'open', chardev, holder: 'ada' }))
    await daemon.act('/v1/batch', { atomic: true, operations })
    const refused = [...operations, { op: 'close', id: 'h-none' }]
    const failed = await daemon.ask('post', '/v1/batch', {
      body: { atomic: true, operations: refused },
    })
    expect(refusal(failed).status).toBe(404)
    const dry = { body: { name: 'dry', region: 0, size: 2 * MIB } }
    await daemon.ok('post', '/v1/namespaces?dry_run=true', 200, dry)
    const keyed = { headers: { 'idempotency-key': 'k' }, body: { holder: 'ada', ttl_ms: 60_000 } }
    await daemon.ok('post', '/v1/leases', 201, keyed)
    await daemon.ok('post', '/v1/leases', 201, keyed)
    const added = (await entriesOf(daemon)).slice(before)
    expect(added.map(({ call, unlisted, changes }) => [call, unlisted, changes.length])).toEqual([
      ['POST /v1/batch', 50, 100],
      ['POST /v1/leases', 0, 1],
    ])
  })

  it('tells what daxd does by itself as its own', async () => {
    const daemon = await startTestDaemon()
    const lease = await daemon.make('/v1/leases', { holder: 'ada', ttl_ms: 1_000 })
    await expect
      .poll(() => entriesOf(daemon, '&action=leases:expire'), { timeout: 30_000 })
      .toMatchObject([
        {
          actor: { name: 'daxd', via: 'daxd' },
          source: 'daxd',
          request_id: null,
          call: null,
          changes: [{ kind: 'lease', id: lease.id, type: 'deleted' }],
        },
      ])
  })

  it('tells of a drain who began it, and who cancelled it', async () => {
    const daemon = await startTestDaemon()
    const chardev = await pool(daemon)
    await daemon.make(`/v1/devices/${chardev}/handles`, { holder: 'ada' })
    const before = (await entriesOf(daemon)).length
    const path = `/v1/devices/${chardev}/disable`
    const body = { if_busy: 'drain', timeout_ms: 600_000 }
    const headers = { prefer: 'wait=0' }
    const operation = await daemon.ok('post', path, 202, { body, headers })
    await daemon.remove(`/v1/operations/${operation.id}`)
    const story = (await entriesOf(daemon))
      .slice(before)
      .map(({ call, outcome }) => [call, outcome])
    expect(story[0]).toEqual(['POST /v1/devices/:chardev/disable', 'begun'])
    expect(story.at(-1)).toEqual(['DELETE /v1/operations/:id', 'done'])
  })

  it('tells each event in exactly one entry, recovery included', async () => {
    const first = await startTestDaemon()
    await pool(first)
    await first.make('/v1/leases', { holder: 'ada', ttl_ms: 600_000 })
    const daemon = await first.restart()
    const headers = { accept: 'application/json' }
    const { items: events } = await daemon.ok('get', '/v1/events?limit=1000', 200, { headers })
    const told = (await entriesOf(daemon)).flatMap(({ changes }) => changes)
    const names = (list: Entry[]) => list.map(({ type, kind, id }) => [type, kind, id])
    expect(names(told)).toEqual(names(events))
  })

  it('is asked by number, actor, object, action and time; nonsense is a 400', async () => {
    const daemon = await startTestDaemon()
    await pool(daemon)
    const all = await entriesOf(daemon)
    const page = await daemon.get('/v1/audit?limit=1')
    expect(page.items).toEqual(all.slice(0, 1))
    const rest = await daemon.get(`/v1/audit?limit=1000&cursor=${page.next}`)
    expect(rest).toEqual({ items: all.slice(1), next: null })
    expect(await entriesOf(daemon, '&after=1')).toEqual(all.slice(1))
    const own = all.filter(({ actor }) => actor.name === 'anyone')
    expect(own.length).toBeGreaterThan(0)
    expect(await entriesOf(daemon, '&actor=anyone')).toEqual(own)
    expect(await entriesOf(daemon, '&object=pool&action=namespaces:change')).toEqual(own)
    expect(await entriesOf(daemon, '&tenant=blue')).toEqual([])
    expect(await entriesOf(daemon, '&since=2100-01-01T00:00:00%2B01:00')).toEqual([])
    for (const bad of ['after=-1', 'since=yesterday', 'limit=0', 'color=blue', 'actor=']) {
      expect((await daemon.ask('get', `/v1/audit?${bad}`)).status, bad).toBe(400)
    }
    const foreign = await daemon.ask('get', '/v1/audit?cursor=event.1')
    expect(refusal(foreign).code).toBe('bad_cursor')
  })

  it('shows its head and its chain as whole, and broken where it was tampered with', async () => {
    const first = await startTestDaemon()
    await pool(first)
    const head = await first.get('/v1/audit/head')
    const { items } = await first.get('/v1/audit?limit=1000')
    expect(head).toEqual({ number: items.length, hash: items.at(-1).hash, trimmed: 0 })
    const found = { entries: head.number, broken: null, head }
    const verify = (daemon: TestDaemon, hash: string) =>
      daemon.get(`/v1/audit/verify?expect_head=${hash}`)
    expect(await first.get('/v1/audit/verify')).toEqual({ ...found, whole: true, expected: null })
    expect(await verify(first, items[0].hash)).toEqual({ ...found, whole: true, expected: true })
    const unknown = 'f'.repeat(64)
    expect(await verify(first, unknown)).toEqual({ ...found, whole: false, expected: false })
    const { status } = await first.ask('get', '/v1/audit/verify?expect_head=abc')
    expect(status).toBe(400)
    await first.close()
    const database = new DatabaseSync(ledgerPath(first.directory))
    database.exec("UPDATE audit SET entry = replace(entry, 'anyone', 'nobody') WHERE number = 2")
    database.close()
    const again = await first.restart()
    expect(await again.get('/v1/audit/verify')).toMatchObject({
      whole: false,
      entries: 1,
      broken: { number: 2 },
    })
  })
})

describe('secrets and sources', () => {
  it('who is refused for lack of rights is written down by name, and no made token is', async () => {
    const daemon = await startTestDaemon()
    const lease = { holder: 'ada', ttl_ms: 60_000 }
    await daemon.close()
    const rest = { tenant: null, lifeMs: null, note: '' } as const
    const admin = createToken(daemon.directory, { name: 'root', role: 'admin', ...rest })
    const viewer = createToken(daemon.directory, { name: 'eve', role: 'viewer', ...rest })
    const again = await daemon.restart()
    const by = (text: string) => ({ headers: { authorization: `Bearer ${text}` } })
    const refused = await again.ask('post', '/v1/leases', { body: lease, ...by(viewer.text) })
    expect(refusal(refused)).toEqual({ status: 403, code: 'forbidden', errno: 'EPERM' })
    const unread = await again.ask('get', '/v1/audit', by(viewer.text))
    expect(unread.status).toBe(403)
    const asAdmin = by(admin.text)
    const story = () =>
      again.ok('get', '/v1/audit?limit=1000&actor=eve', 200, asAdmin).then(({ items }) =>
        items.map(({ actor, source, call, action, outcome, why }: Entry) => ({
          ...{ actor, source, call, action, outcome, why },
        })),
      )
    const eve = { name: 'eve', role: 'viewer', tenant: null, via: 'token' }
    const common = {
      actor: eve,
      source: '127.0.0.1',
      outcome: 'refused',
      why: { code: 'forbidden' },
    }
    await expect.poll(story, { timeout: 30_000 }).toEqual([
      { ...common, call: 'POST /v1/leases', action: 'leases:change' },
      { ...common, call: 'GET /v1/audit', action: 'audit:read' },
    ])
    await again.close()
    const ledger = readFileSync(ledgerPath(again.directory))
    for (const { text } of [admin, viewer]) expect(ledger.includes(text)).toBe(false)
  })

  it('no token comes into the audit, the ledger or the log, and a unix socket is told as such', async () => {
    const directory = temporaryDirectory()
    const secret = 'a-very-secret-bearer-token-0123456789'
    const file = join(directory, 'token')
    writeFileSync(file, secret, { mode: 0o600 })
    const lines: string[] = []
    const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) })
    const flags = { 'state-dir': directory, 'token-file': file, listen: '127.0.0.1:0' }
    const daemon = await startDaemon(readConfig(flags, {}), log, '0.0.0-test')
    let isOpen = true
    onTestFinished(async () => void (isOpen && (await daemon.close())))
    const socket = join(directory, 'sock')
    await daemon.app.listen({ path: socket })
    const made = await postBySocket(socket, '/v1/leases', secret)
    expect(made).toBe(201)
    expect(await postBySocket(socket, '/v1/leases', `${secret}x`)).toBe(401)
    isOpen = false
    await daemon.close()
    const database = new DatabaseSync(ledgerPath(directory), { readOnly: true })
    const told = database
      .prepare("SELECT entry FROM audit WHERE entry LIKE '%leases:change%'")
      .all()
    database.close()
    const entries = told.map(({ entry }) => JSON.parse(String(entry)))
    expect(entries).toMatchObject([{ source: 'unix', actor: { via: 'token' } }])
    expect(readFileSync(ledgerPath(directory)).includes(secret)).toBe(false)
    expect(lines.length).toBeGreaterThan(0)
    expect(lines.join('')).not.toContain(secret)
    expect(verifyAuditFile(ledgerPath(directory), null).broken).toBeNull()
  })
})

function postBySocket(socketPath: string, path: string, token: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const call = request({ socketPath, path, method: 'POST', headers }, (answer) => {
      answer.resume()
      answer.on('end', () => resolve(answer.statusCode ?? 0))
    })
    call.on('error', reject)
    call.end(JSON.stringify({ holder: 'ada', ttl_ms: 60_000 }))
  })
}
