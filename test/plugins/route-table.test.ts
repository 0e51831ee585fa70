import { expect, test } from 'vitest'
import { createRouteTable } from '../../src/plugins/route-table.ts'

test('a path has the methods of every pattern that matches it, sorted and once', () => {
  const table = createRouteTable()
  table.add('/v1/things/:id', ['PUT'])
  table.add('/v1/things/:id', ['GET'])
  table.add('/v1/things/mine', ['POST', 'GET'])
  table.add('/docs/*', ['HEAD'])
  table.add('/openapi.json', ['GET'])
  const paths = ['/v1/things/a', '/v1/things/mine', '/docs/a/b', '/openapi.json']
  expect(paths.map((path) => table.methodsAt(path))).toEqual([
    ['GET', 'PUT'],
    ['GET', 'POST', 'PUT'],
    ['HEAD'],
    ['GET'],
  ])
})

test('a pattern matches whole paths, and a dot is a dot', () => {
  const table = createRouteTable()
  table.add('/v1/things/:id', ['GET'])
  table.add('/openapi.json', ['GET'])
  const paths = ['/v1/things', '/v1/things/', '/v1/things/a/b', '/x/v1/things/a', '/openapi-json']
  expect(paths.flatMap((path) => table.methodsAt(path))).toEqual([])
})
