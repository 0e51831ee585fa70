/** Requests that are rare but lawful, and unlawful ones that look lawful. */
import { expect, it } from 'vitest'
import { GIB, MIB } from '../contract/stage.ts'
import { refusal } from '../support/api.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'

it('reads Prefer: wait as RFC 7240 lets it be written', async () => {
  const daemon = await startTestDaemon()
  const { chardev } = await daemon.make('/v1/namespaces', { name: 'n', region: 0, size: '2m' })
  await daemon.make(`/v1/devices/${chardev}/handles`, { holder: 'x' })
  const body = { if_busy: 'drain', timeout_ms: 50 }
  const drain = (prefer: string) =>
    daemon.ask('post', `/v1/devices/${chardev}/disable`, { body, headers: { prefer } })
  const written = ['wait=9', 'Wait=9', 'wait = 9', 'wait="9"', 'a=b, wait=9', 'wait=99999999999']
  for (const prefer of written) {
    expect(refusal(await drain(prefer)), prefer).toMatchObject({ code: 'drain_timeout' })
  }
})

it('looks at If-Match when it makes a namespace: an existing one has a revision', async () => {
  const daemon = await startTestDaemon()
  const body = { name: 'n', region: 0, size: '2m' }
  const create = (revision: number) =>
    daemon.ask('post', '/v1/namespaces', { body, headers: { 'if-match': `"${revision}"` } })
  expect(refusal(await create(1))).toEqual({ status: 412, code: 'precondition_failed' })
  const { revision } = await daemon.make('/v1/namespaces', body)
  expect(refusal(await create(revision - 1))).toEqual({ status: 412, code: 'precondition_failed' })
  expect(await create(revision)).toMatchObject({ status: 200, body: { revision } })
})

it('refuses exact ranges with gaps for a namespace that is to be contiguous', async () => {
  const daemon = await startTestDaemon()
  const { start } = await daemon.get('/v1/regions/0')
  const piece = (at: number) => ({ start: start + at * MIB, end: start + (at + 2) * MIB - 1 })
  const create = (...at: number[]) => {
    const body = { region: 0, contiguous: true, ranges: at.map(piece) }
    return daemon.ask('post', '/v1/namespaces', { body })
  }
  const refused = { status: 422, code: 'ranges_mismatch', errno: 'EINVAL' }
  expect(refusal(await create(0, 4))).toEqual(refused)
  expect(refusal(await create(2, 0))).toEqual(refused)
  expect(await create(0, 2)).toMatchObject({ status: 201 })
})

it('is EINVAL for exact ranges that are outside or misaligned when no region is named', async () => {
  const daemon = await startTestDaemon()
  const create = (start: number) => {
    const body = { ranges: [{ start, end: start + 2 * MIB - 1 }] }
    return daemon.ask('post', '/v1/namespaces', { body })
  }
  const outside = { status: 422, code: 'range_outside', errno: 'EINVAL' }
  expect(refusal(await create(1024 * GIB))).toEqual(outside)
  const { start } = await daemon.get('/v1/regions/0')
  const misaligned = { status: 422, code: 'misaligned_range', errno: 'EINVAL' }
  expect(refusal(await create(start + 4096))).toEqual(misaligned)
})

it('knows application/json in any case, so that no collector of events gets a stream', async () => {
  const daemon = await startTestDaemon()
  const headers = { accept: 'Application/JSON' }
  const { items, next } = await daemon.ok('get', '/v1/events', 200, { headers })
  expect(items.length).toBeGreaterThan(0)
  expect(next).toBeNull()
})

it('a region without a start finds a place though one lies at the end of all addresses', async () => {
  const daemon = await startTestDaemon()
  const start = 2 ** 53 - 4 * 2 ** 20
  await daemon.make('/v1/regions', { start, size: '2m', align: 4096 })
  const { start: found } = await daemon.make('/v1/regions', { size: '1g', align: 4096 })
  const { items } = await daemon.get('/v1/regions')
  const ends = items
    .slice(0, 2)
    .map((region: { start: number; size: number }) => region.start + region.size)
  expect(found).toBe(Math.max(...ends))
})

it('suggests no size that the region cannot give', async () => {
  const daemon = await startTestDaemon()
  const region = { size: '1g', align: '1g', kind: 'static' }
  const { id } = await daemon.make('/v1/regions', region)
  const body = { name: 'n', region: id, size: 'max', align: '1g' }
  const answer = await daemon.ask('post', '/v1/namespaces', { body })
  expect(refusal(answer)).toEqual({ status: 422, code: 'too_small', errno: 'EINVAL' })
  expect(answer.body).not.toHaveProperty('suggested_size')
})
