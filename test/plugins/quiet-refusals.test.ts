import { expect, test } from 'vitest'
import { createQuietRefusals, type RefusalCount } from '../../src/plugins/quiet-refusals.ts'
import { listen } from './toy-app.ts'

test('refusals are told by who they hit, the most frequent first, when they are over', () => {
  const told: [readonly RefusalCount[], number][] = []
  const quiet = createQuietRefusals((refusals, total) => told.push([refusals, total]))
  quiet.add('rate_limited', 'ada', '10.0.0.1')
  for (let at = 0; at < 3; at += 1) quiet.add('rate_limited', 'bob', '10.0.0.2')
  expect(told).toEqual([])
  quiet.close()
  quiet.close()
  const row = { code: 'rate_limited' }
  expect(told).toEqual([
    [
      [
        { ...row, actor: 'bob', source: '10.0.0.2', count: 3 },
        { ...row, actor: 'ada', source: '10.0.0.1', count: 1 },
      ],
      4,
    ],
  ])
})

test('beyond twenty callers the line has their number alone', () => {
  const told: [number, number][] = []
  const quiet = createQuietRefusals((refusals, total) => told.push([refusals.length, total]))
  for (let at = 0; at < 100; at += 1) quiet.add('rate_limited', `caller-${at}`, '10.0.0.1')
  quiet.close()
  expect(told).toEqual([[20, 100]])
})

test('who is held to a rate is named in the log, though no refusal has a line of its own', async () => {
  const principal = { name: 'ada', role: 'admin', tenant: null, via: 'token' } as const
  const authenticate = () => ({ principal, isStill: () => true })
  const { app, url, lines } = await listen({ authenticate, requestsPerSecond: 1 })
  const statuses: number[] = []
  for (let at = 0; at < 20; at += 1) statuses.push((await fetch(`${url}/v1/things/a`)).status)
  await app.close()
  const refused = statuses.filter((status) => status === 429).length
  expect(refused).toBeGreaterThan(0)
  const [line, ...others] = lines.filter(({ msg }) => msg === 'requests refused')
  expect(others).toEqual([])
  expect(line).toMatchObject({
    level: 40,
    total: refused,
    refusals: [{ code: 'rate_limited', actor: 'ada', source: '127.0.0.1', count: refused }],
  })
})
