import request from 'supertest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listen, type ToyApp } from './toy-app.ts'

let toy: ToyApp
beforeAll(async () => {
  toy = await listen()
})
afterAll(() => toy.app.close())

/** Every local reference of the document. */
function referencesIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, child]) =>
    key === '$ref' ? [child as string] : referencesIn(child),
  )
}

test('the document is OpenAPI 3.1 and names only what it has', async () => {
  const answer = await request(toy.url).get('/openapi.json')
  expect([answer.status, answer.type]).toEqual([200, 'application/json'])
  const document = answer.body
  expect([document.openapi, document.info.title, document.info.version]).toEqual([
    '3.1.0',
    'daxd',
    '1.2.3',
  ])
  const schemas = Object.keys(document.components.schemas).map(
    (name) => `#/components/schemas/${name}`,
  )
  const used = new Set(referencesIn(document))
  expect(schemas.sort()).toEqual([...used].sort())
  expect(schemas).toContain('#/components/schemas/Problem')
})

test('a route is told with its body, answers and problems', async () => {
  const { body: document } = await request(toy.url).get('/openapi.json')
  const { post } = document.paths['/v1/things']
  expect(post.summary).toBe('Toys')
  expect(Object.keys(post.responses)).toEqual(['201', '4XX', '5XX'])
  expect(post.responses['4XX'].content).toEqual({
    'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
  })
  const { properties, required } = post.requestBody.content['application/json'].schema
  expect(required).toEqual(['id', 'size'])
  expect(properties.size).toEqual({ $ref: '#/components/schemas/SizeInput' })
  expect(document.components.schemas.SizeInput.anyOf).toEqual([
    { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER },
    { type: 'string', pattern: expect.stringMatching(/^\^/), examples: expect.any(Array) },
  ])
  expect(post.parameters.map((one: { name: string }) => one.name)).toEqual([
    'dry_run',
    'idempotency-key',
    'if-match',
    'daxd-fencing-token',
    'prefer',
  ])
  expect(document.paths['/v1/things/{id}'].get.parameters[0]).toEqual({
    in: 'query',
    name: 'limit',
    required: false,
    description: 'Default: 100.',
    schema: { type: 'integer', minimum: 1, maximum: 1000 },
  })
  expect(document.paths['/v1/things/{id}'].delete.responses['204']).toEqual({
    description: 'Done; there is nothing to tell.',
  })
})

test('the document may be cached, for it does not change', async () => {
  const answer = await request(toy.url).get('/openapi.json')
  expect(answer.headers['cache-control']).toBe('private, max-age=60')
})

test('the page loads with all it needs from the service itself', async () => {
  const page = await request(toy.url).get('/docs')
  expect([page.status, page.type]).toEqual([200, 'text/html'])
  expect(page.headers['content-security-policy']).toContain("default-src 'self'")
  const sources = [...page.text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source]) => source)
  expect(sources.length).toBeGreaterThan(3)
  for (const source of sources) {
    expect(source).not.toMatch(/^(?:https?:)?\/\//)
    const asset = await request(toy.url).get(new URL(source ?? '', `${toy.url}/docs`).pathname)
    expect([source, asset.status]).toEqual([source, 200])
  }
})
