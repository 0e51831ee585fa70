/** Every endpoint of the document has a method, and every method is one of the document. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { createClient, type Daxd, DaxdError, type Fetch } from '../../client/src/index.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'

const ROOT = resolve(import.meta.dirname, '../..')

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}
const { paths } = JSON.parse(readFileSync(join(ROOT, 'docs/openapi.json'), 'utf8')) as Document

/** One use of each method, by its name. */
const USES: Readonly<Record<string, (daxd: Daxd) => unknown>> = {
  'audit.head': (daxd) => daxd.audit.head(),
  'audit.list': (daxd) => daxd.audit.list({ actor: 'me' }).page(),
  'audit.verify': (daxd) => daxd.audit.verify(),
  batch: (daxd) => daxd.batch({ operations: [{ op: 'close', id: 'h' }] }),
  claim: async (daxd) =>
    (await daxd.claim({ size: '2MiB', sharing: 'dedicated', holder: 'me' })).release(),
  'claims.delete': (daxd) => daxd.claims.delete('c', { if_busy: 'revoke' }),
  'claims.get': (daxd) => daxd.claims.get('c'),
  'claims.list': (daxd) => daxd.claims.list({ state: 'active', limit: 5 }).page(),
  'claims.put': (daxd) =>
    daxd.claims.put('c', { size: '2MiB', sharing: 'dedicated', holder: 'me' }, { dryRun: true }),
  'devices.delete': (daxd) => daxd.devices.delete('dax0.9', { if_busy: 'refuse' }),
  'devices.disable': (daxd) => daxd.devices.disable('dax0.9', { if_busy: 'drain', timeout_ms: 1 }),
  'devices.enable': (daxd) => daxd.devices.enable('dax0.9'),
  'devices.get': (daxd) => daxd.devices.get('dax0.9', { generation: 1 }),
  'devices.list': (daxd) => daxd.devices.list({ observed: true, region: 0 }).page(),
  'devices.users': (daxd) => daxd.devices.users('dax0.9'),
  events: (daxd) => first(daxd.events({ since: 0 })),
  'events.list': (daxd) => daxd.events.list({ since: 0 }).page(),
  'export.daxctl': (daxd) => daxd.export.daxctl(),
  'export.ndctl': (daxd) => daxd.export.ndctl(),
  'handles.create': (daxd) => daxd.handles.create('dax0.9', { holder: 'me' }, { dryRun: true }),
  'handles.delete': (daxd) => daxd.handles.delete('h'),
  'handles.get': (daxd) => daxd.handles.get('h'),
  'handles.list': (daxd) => daxd.handles.list({ chardev: 'dax0.9' }).page(),
  'health.live': (daxd) => daxd.health.live(),
  'health.ready': (daxd) => daxd.health.ready(),
  host: (daxd) => daxd.host(),
  lease: async (daxd) => (await daxd.lease({ holder: 'me' })).release(),
  'leases.create': (daxd) => daxd.leases.create({ holder: 'me', ttl_ms: 1000 }),
  'leases.delete': (daxd) => daxd.leases.delete('l'),
  'leases.get': (daxd) => daxd.leases.get('l'),
  'leases.list': (daxd) => daxd.leases.list({ holder: 'me' }).page(),
  'leases.renew': (daxd) => daxd.leases.renew('l', { ttl_ms: 5 }),
  'mappings.create': (daxd) => daxd.mappings.create({ handle: 'h', length: '2MiB' }),
  'mappings.delete': (daxd) => daxd.mappings.delete('m'),
  'mappings.get': (daxd) => daxd.mappings.get('m'),
  'mappings.list': (daxd) => daxd.mappings.list({ state: 'live' }).page(),
  'mappings.translate': (daxd) => daxd.mappings.translate('m', '4KiB'),
  metrics: (daxd) => daxd.metrics(),
  'namespaces.create': (daxd) => daxd.namespaces.create({ size: '16MiB', name: 'n' }),
  'namespaces.delete': (daxd) => daxd.namespaces.delete('m', { if_busy: 'drain', timeout_ms: 9 }),
  'namespaces.get': (daxd) => daxd.namespaces.get('m'),
  'namespaces.list': (daxd) => daxd.namespaces.list({ region: 0 }).page(),
  'namespaces.patch': (daxd) => daxd.namespaces.patch('m', { labels: { a: null } }),
  openapi: (daxd) => daxd.openapi(),
  'operations.cancel': (daxd) => daxd.operations.cancel('o'),
  'operations.get': (daxd) => daxd.operations.get('o'),
  'operations.list': (daxd) => daxd.operations.list({ state: 'running' }).page(),
  'operations.wait': (daxd) => daxd.operations.wait('o'),
  'reconciliation.act': (daxd) => daxd.reconciliation.act({ object: 'x', action: 'forget' }),
  'reconciliation.get': (daxd) => daxd.reconciliation.get(),
  'regions.create': (daxd) => daxd.regions.create({ size: '1g', align: '2m' }, { dryRun: true }),
  'regions.delete': (daxd) => daxd.regions.delete(7),
  'regions.get': (daxd) => daxd.regions.get(7),
  'regions.list': (daxd) => daxd.regions.list().page(),
  'regions.map': (daxd) => daxd.regions.map(0),
  'regions.patch': (daxd) => daxd.regions.patch(7, { schedulable: true }),
  'regions.summary': (daxd) => daxd.regions.summary(0),
  'tenants.delete': (daxd) => daxd.tenants.delete('t', { if_busy: 'revoke' }),
  'tenants.get': (daxd) => daxd.tenants.get('t'),
  'tenants.list': (daxd) => daxd.tenants.list().page(),
  'tenants.put': (daxd) => daxd.tenants.put('t', { quota: { bytes: '1GiB' } }),
  whoami: (daxd) => daxd.whoami(),
}

/** Begins a sequence and leaves it. */
async function first<T>(sequence: AsyncIterable<T>): Promise<T | undefined> {
  for await (const item of sequence) return item
  return undefined
}

/** What a request was for, in the words of the document, and what daxd said of it. */
interface Seen {
  readonly endpoint: string
  readonly code: string | null
}

const TEMPLATES = Object.keys(paths).map((path) => ({
  path,
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`),
}))

/** The document's name of a request; a path of its own goes before one with a parameter. */
function endpointOf(method: string, pathname: string): string {
  const found = TEMPLATES.filter(({ pattern }) => pattern.test(pathname))
  const exact = found.find(({ path }) => path === pathname) ?? found[0]
  return `${method} ${exact?.path ?? pathname}`
}

let daxd: Daxd
let seen: Seen[]
beforeEach(async () => {
  const { url } = await startTestDaemon()
  seen = []
  const fetch: Fetch = async (address, init) => {
    const answer = await globalThis.fetch(address, init)
    const problem = answer.ok ? null : ((await answer.clone().json()) as { code?: string })
    const endpoint = endpointOf(init.method, new URL(address).pathname)
    seen.push({ endpoint, code: problem?.code ?? null })
    return answer
  }
  daxd = createClient({ url, fetch })
})

/** The names of all methods, those of its parts with a dot between. */
function methodsOf(value: object, prefix = ''): string[] {
  return Object.entries(value).flatMap(([name, member]) => {
    const own = typeof member === 'function' ? [`${prefix}${name}`] : []
    return [...own, ...methodsOf(member as object, `${prefix}${name}.`)]
  })
}

test('every method is used here, so that none can send what the document does not know', () => {
  expect(Object.keys(USES).sort()).toEqual(methodsOf(daxd).sort())
})

/** The rows of the reference page: a method, and the endpoints that it asks. */
function referenceRows(): readonly string[] {
  const page = readFileSync(join(ROOT, 'docs/client.md'), 'utf8')
  return [...page.matchAll(/^\| `([\w.]+)\([^`]*\)` \| ([^|]*) \|/gm)].map(
    ([, method, endpoints = '']) => `${method}: ${endpoints.replaceAll('`', '')}`,
  )
}

test('the reference page has every method with what it asks', async () => {
  const rows: string[] = []
  for (const [method, use] of Object.entries(USES)) {
    seen = []
    await Promise.resolve(use(daxd)).catch(() => undefined)
    const endpoints = [...new Set(seen.map(({ endpoint }) => endpoint))]
    rows.push(`${method}: ${endpoints.join(', ')}`)
  }
  expect([...referenceRows()].sort()).toEqual(rows.sort())
})

test('every endpoint of the document has a method that daxd understands', async () => {
  for (const use of Object.values(USES)) {
    await Promise.resolve(use(daxd)).catch((error) => {
      if (!(error instanceof DaxdError)) throw error
    })
  }
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const sent = new Set(seen.map(({ endpoint }) => endpoint))
  expect([...sent].sort()).toEqual(documented.sort())
  const misunderstood = ['malformed', 'no_route', 'method_not_allowed', 'unsupported_media_type']
  expect(seen.filter(({ code }) => code !== null && misunderstood.includes(code))).toEqual([])
})
