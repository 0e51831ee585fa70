import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { cpuTimeOf, residentBytes } from '../../bench/host/cpu-time.ts'
import { startLoadProcess } from '../../bench/load/load-process.ts'
import { createWork, type WorkOrder } from '../../bench/load/work.ts'

interface Seen {
  maps: number
  unmaps: number
}

/** A server of mappings that remembers only how many there are; `refuse` answers everything 503. */
async function startServer(refuse = false): Promise<{ port: number; seen: Seen }> {
  const seen = { maps: 0, unmaps: 0 }
  const server = createServer(async (request, response) => {
    const operations = operationsOf(await textOf(request))
    if (refuse) return void response.writeHead(503, { 'content-length': 8 }).end('overload')
    if (request.method === 'DELETE') {
      seen.unmaps += 1
      return void response.writeHead(204).end()
    }
    if (request.url !== '/v1/batch') {
      seen.maps += 1
      const location = `/v1/mappings/m-${seen.maps}`
      return void response.writeHead(201, { location, 'content-length': 2 }).end('{}')
    }
    const results = operations.map(({ op }) => {
      seen[op === 'map' ? 'maps' : 'unmaps'] += 1
      return op === 'map' ? { status: 201, result: { id: `m-${seen.maps}` } } : { status: 204 }
    })
    const body = JSON.stringify({ results })
    response.writeHead(200, { 'content-length': body.length })
    // In pieces, as a real network would.
    response.write(body.slice(0, 7))
    setImmediate(() => response.end(body.slice(7)))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close().closeAllConnections())
  return { port: (server.address() as AddressInfo).port, seen }
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of request) text += String(chunk)
  return text
}

function operationsOf(text: string): { op: string }[] {
  return text === '' ? [] : ((JSON.parse(text) as { operations?: [] }).operations ?? [])
}

function runLoad(port: number, work: WorkOrder) {
  const load = startLoadProcess()
  onTestFinished(() => load.stop())
  return load.run({ port, connections: 4, warmUpMs: 20, measureMs: 200, work }, () => 'edge')
}

it.each([
  { kind: 'map-unmap', handles: ['h-1', 'h-2'], length: 4096 },
  { kind: 'batch', handles: ['h-1'], length: 4096, count: 10 },
] satisfies WorkOrder[])('a load of $kind leaves nothing mapped behind', async (work) => {
  const { port, seen } = await startServer()
  const { result, edges } = await runLoad(port, work)
  expect(edges).toEqual(['edge', 'edge'])
  expect(result.requests).toBeGreaterThan(0)
  expect(result.operations).toBe(result.requests * (work.kind === 'batch' ? 10 : 1))
  expect(result.p99Ms).toBeGreaterThanOrEqual(result.p50Ms)
  expect(seen.maps).toBeGreaterThan(0)
  expect(seen.unmaps).toBe(seen.maps)
})

it('a refusal ends the load with what was refused, for its figures would mean nothing', async () => {
  const { port } = await startServer(true)
  const work: WorkOrder = { kind: 'post', path: '/', body: '{}' }
  await expect(runLoad(port, work)).rejects.toThrow('refused: 503 overload')
})

it('connections ask for different paths and hold different handles', () => {
  const paths = ['/a', '/b']
  const asked = [0, 1].map((index) => createWork({ kind: 'get', paths }, index)(null).text)
  expect(asked.map((text) => text.split(' ')[1])).toEqual(['/b', '/a'])
})

it('CPU of a process is counted over all its threads, and its memory is told', () => {
  const before = cpuTimeOf([process.pid])
  const until = process.cpuUsage().user + 50_000
  while (process.cpuUsage().user < until);
  const after = cpuTimeOf([process.pid])
  expect(after.allUs - before.allUs).toBeGreaterThanOrEqual(after.mainUs - before.mainUs)
  expect(after.mainUs - before.mainUs).toBeGreaterThan(10_000)
  expect(residentBytes(process.pid)).toBeGreaterThan(10 * 2 ** 20)
})
