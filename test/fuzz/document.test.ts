import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { endpointsOf, readDocument } from './support/document.ts'
import { type JsonSchema, resolved } from './support/json-schema.ts'
import { startLiveDaemon } from './support/live-daemon.ts'

const daemon = await startLiveDaemon()
const document = await readDocument(daemon.url)
const { client } = daemon
afterAll(() => daemon.close())

const endpoints = endpointsOf(document)

/** Every resource, those of api.md and what came on top, each with its methods. */
const CONTRACT: Readonly<Record<string, readonly string[]>> = {
  '/livez': ['get'],
  '/metrics': ['get'],
  '/openapi.json': ['get'],
  '/readyz': ['get'],
  '/v1/audit': ['get'],
  '/v1/audit/head': ['get'],
  '/v1/audit/verify': ['get'],
  '/v1/batch': ['post'],
  '/v1/claims': ['get'],
  '/v1/claims/{name}': ['delete', 'get', 'put'],
  '/v1/devices': ['get'],
  '/v1/devices/{chardev}': ['delete', 'get'],
  '/v1/devices/{chardev}/disable': ['post'],
  '/v1/devices/{chardev}/enable': ['post'],
  '/v1/devices/{chardev}/handles': ['post'],
  '/v1/devices/{chardev}/users': ['get'],
  '/v1/events': ['get'],
  '/v1/export/daxctl': ['get'],
  '/v1/export/ndctl': ['get'],
  '/v1/handles': ['get'],
  '/v1/handles/{id}': ['delete', 'get'],
  '/v1/host': ['get'],
  '/v1/leases': ['get', 'post'],
  '/v1/leases/{id}': ['delete', 'get'],
  '/v1/leases/{id}/renew': ['post'],
  '/v1/mappings': ['get', 'post'],
  '/v1/mappings/{id}': ['delete', 'get'],
  '/v1/mappings/{id}/translate': ['get'],
  '/v1/namespaces': ['get', 'post'],
  '/v1/namespaces/{name}': ['delete', 'get', 'patch'],
  '/v1/operations': ['get'],
  '/v1/operations/{id}': ['delete', 'get'],
  '/v1/reconciliation': ['get', 'post'],
  '/v1/regions': ['get', 'post'],
  '/v1/regions/{id}': ['delete', 'get', 'patch'],
  '/v1/regions/{id}/map': ['get'],
  '/v1/tenants': ['get'],
  '/v1/tenants/{name}': ['delete', 'get', 'put'],
  '/v1/whoami': ['get'],
}

test('the document is OpenAPI 3.1 and describes every resource, and no other', () => {
  expect(document.openapi).toMatch(/^3\.1\.\d+$/)
  const methods = Object.entries(document.paths).map(([path, item]) => [
    path,
    Object.keys(item).sort(),
  ])
  expect(Object.fromEntries(methods)).toEqual(CONTRACT)
})

test('a path takes the methods that the document gives it, and HEAD where it takes GET', async () => {
  const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']
  for (const [path, methods] of Object.entries(CONTRACT)) {
    const allowed = methods.map((method) => method.toUpperCase())
    if (allowed.includes('GET')) allowed.push('HEAD')
    const target = path.replace(/\{\w+\}/, '0')
    for (const method of METHODS.filter((one) => !allowed.includes(one))) {
      const answer = await client.ask({ method, target })
      expect([method, target, answer.status, answer.headers['allow']]).toEqual([
        method,
        target,
        405,
        allowed.sort().join(', '),
      ])
    }
  }
})

describe.each(endpoints)('$title', ({ path, method, operation, body }) => {
  test('says what it does in one line, under a tag that the document explains', () => {
    expect(operation.summary).toMatch(/^[A-Z].{5,99}[^.]$/)
    const tags = document.tags.filter(({ name }) => operation.tags.includes(name))
    expect(tags.map(({ name }) => name)).toEqual(operation.tags)
    expect(operation.tags).toHaveLength(1)
  })

  test('tells its successes, and its refusals and failures as problems', () => {
    const told = Object.keys(operation.responses)
    expect(told.filter((status) => /^2\d\d$/.test(status)).length).toBeGreaterThan(0)
    const problem = { 'application/problem+json': { schema: { $ref: PROBLEM } } }
    expect([operation.responses['4XX']?.content, operation.responses['5XX']?.content]).toEqual([
      problem,
      problem,
    ])
  })

  test('has a parameter for every step of its path that is open, and each only once', () => {
    const parameters = operation.parameters ?? []
    const inPath = parameters.filter((one) => one.in === 'path')
    const steps = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    expect(inPath.map(({ name, required }) => [name, required])).toEqual(
      steps.map((name) => [name, true]),
    )
    const keys = parameters.map((one) => `${one.in} ${one.name}`)
    expect(new Set(keys).size).toBe(keys.length)
  })

  test('takes a body exactly where its method may have one, of a type that it names', () => {
    expect(body === null).toBe(['GET', 'DELETE'].includes(method))
  })
})

const PROBLEM = '#/components/schemas/Problem'

test('every reference of the document leads to a schema, and every schema is referred to', () => {
  const found = new Set(referencesIn(document))
  for (const $ref of found) {
    expect(Object.keys(resolved({ $ref }, document.components.schemas)).length).toBeGreaterThan(0)
  }
  const own = Object.keys(document.components.schemas).map((name) => `#/components/schemas/${name}`)
  expect([...found].sort()).toEqual(own.sort())
})

test('every pattern of the document is a regular expression as JSON Schema wants it', () => {
  const patterns = schemasIn(document).flatMap(({ pattern }) => pattern ?? [])
  expect(patterns.length).toBeGreaterThan(5)
  expect(patterns.filter((text) => new RegExp(text, 'u').source === '')).toEqual([])
})

test('every object that a client may send refuses keys that are not in it', () => {
  const bodies = endpoints.flatMap((one) => (one.body === null ? [] : [one.body]))
  const objects = bodies.flatMap(schemasIn).filter((one) => one.properties !== undefined)
  expect(objects.length).toBeGreaterThan(12)
  expect(objects.filter((one) => one.additionalProperties !== false)).toEqual([])
})

test('the page and all that it needs are there', async () => {
  const page = await client.ask({ method: 'GET', target: '/docs' })
  expect([page.status, page.type]).toEqual([200, 'text/html; charset=utf-8'])
  const sources = [...page.text.matchAll(/(?:src|href)="\.?([^"]+)"/g)].map(([, source]) => source)
  expect(sources.length).toBeGreaterThan(3)
  for (const source of sources) {
    const { pathname } = new URL(source ?? '', `${daemon.url}/docs`)
    const asset = await client.ask({ method: 'GET', target: pathname })
    expect([source, asset.status]).toEqual([source, 200])
  }
})

describe('scripts/generate-openapi.ts', () => {
  const root = resolve(import.meta.dirname, '../..')
  const run = (...args: string[]): number | null =>
    spawnSync(process.execPath, ['scripts/generate-openapi.ts', ...args], { cwd: root }).status

  test('writes what the service serves, and --check tells a file that differs from one that does not', () => {
    const directory = mkdtempSync(join(tmpdir(), 'daxd-openapi-test-'))
    const file = join(directory, 'openapi.json')
    try {
      expect(run('--check', file)).toBe(1)
      expect(run(file)).toBe(0)
      const written = JSON.parse(readFileSync(file, 'utf8'))
      expect({ ...written, info: null }).toEqual({ ...document, info: null })
      expect(run('--check', file)).toBe(0)
      writeFileSync(file, `${readFileSync(file, 'utf8')} `)
      expect(run('--check', file)).toBe(1)
    } finally {
      rmSync(directory, { recursive: true, force: true })
    }
  })
})

/** Every object of a piece of the document; the schemas are among them. */
function schemasIn(piece: unknown): JsonSchema[] {
  if (typeof piece !== 'object' || piece === null) return []
  return [piece as JsonSchema, ...Object.values(piece).flatMap(schemasIn)]
}

function referencesIn(piece: unknown): string[] {
  return schemasIn(piece).flatMap(({ $ref }) => $ref ?? [])
}
