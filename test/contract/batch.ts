import { describe, expect, it } from 'vitest'
import { refusal } from '../support/api.ts'
import { startWithDevice } from './devices.ts'
import { everything, MIB, open, type Stage, type Subject } from './stage.ts'

const LENGTH = 2 * MIB
const COUNT_MAX = 1000

/** Many opens and mappings in one durable commit. */
export function batchContract(stage: Stage): void {
  const batch = (api: Subject, operations: readonly object[], atomic?: boolean) =>
    api.ask('post', '/v1/batch', {
      body: { operations, ...(atomic === undefined ? {} : { atomic }) },
    })
  const outcomes = (results: readonly { status: number; problem?: { code: string } }[]) =>
    results.map(({ status, problem }) => problem?.code ?? status)

  describe(`${stage.name}: batches`, () => {
    it('opens, maps, unmaps and closes by references to its own results, in order', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const { status, body } = await batch(api, [
        { op: 'open', chardev, holder: 'a' },
        { op: 'map', handle: '#0', length: LENGTH, offset: 0 },
        { op: 'open', chardev, holder: 'b', access: 'ro' },
        { op: 'map', handle: '#2', length: '2m', offset: '2m', prot: ['PROT_READ'] },
        { op: 'unmap', id: '#1' },
        { op: 'close', id: '#0' },
      ])
      expect([status, outcomes(body.results)]).toEqual([200, [201, 201, 201, 201, 204, 204]])
      const [, , handle, mapping] = body.results
      expect((await api.get('/v1/handles')).items).toEqual([handle.result])
      expect((await api.get('/v1/mappings')).items).toEqual([mapping.result])
      expect(mapping.result).toMatchObject({
        handle: handle.result.id,
        holder: 'b',
        offset: LENGTH,
      })
      expect(body.results[4]).toEqual({ status: 204 })
    })

    it('uses handles and mappings that were there before it', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const handle = await open(api, chardev)
      const first = await batch(api, [{ op: 'map', handle, length: LENGTH }])
      const id = first.body.results[0].result.id
      const second = await batch(api, [
        { op: 'unmap', id },
        { op: 'close', id: handle },
      ])
      expect(outcomes(second.body.results)).toEqual([204, 204])
      expect((await api.get(`/v1/devices/${chardev}`)).refs).toEqual({ handles: 0, mappings: 0 })
    })

    it('goes on behind a failure when it is not atomic, and each result has its own problem', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const { status, body } = await batch(api, [
        { op: 'open', chardev: 'dax9.9', holder: 'a' },
        { op: 'open', chardev, holder: 'a' },
        { op: 'map', handle: '#1', length: LENGTH + 1 },
        { op: 'map', handle: '#1', length: 2 ** 53 },
        { op: 'map', handle: '#1', length: LENGTH },
        { op: 'unmap', id: 'm-none' },
      ])
      expect([status, outcomes(body.results)]).toEqual([
        200,
        ['no_such_device', 201, 'misaligned_length', 'overflow', 201, 'no_such_mapping'],
      ])
      expect(body.results[0]).toEqual({
        status: 404,
        problem: expect.objectContaining({
          type: 'urn:daxd:error:no_such_device',
          status: 404,
          errno: 'ENOENT',
        }),
      })
      expect((await api.get('/v1/mappings')).items).toEqual([body.results[4].result])
    })

    it('changes nothing when it is atomic and one fails, and answers that failure with its index', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const before = await everything(api)
      const good = [
        { op: 'open', chardev, holder: 'a' },
        { op: 'map', handle: '#0', length: LENGTH },
      ]
      const failing: readonly (readonly [object, object])[] = [
        [
          { op: 'map', handle: '#0', length: LENGTH, offset: 0 },
          { status: 409, errno: 'EBUSY', code: 'overlap' },
        ],
        [
          { op: 'map', handle: '#0', length: 2 ** 53 },
          { status: 422, errno: 'EOVERFLOW', code: 'overflow' },
        ],
        [
          { op: 'close', id: 'h-none' },
          { status: 404, errno: 'ENOENT', code: 'no_such_handle' },
        ],
        [
          { op: 'close', id: '#1' },
          { status: 422, errno: 'EINVAL', code: 'bad_reference' },
        ],
      ]
      for (const [operation, expected] of failing) {
        const answer = await batch(api, [...good, operation, ...good], true)
        expect([refusal(answer), answer.body.failed_index]).toEqual([expected, 2])
      }
      expect(await everything(api)).toEqual(before)
    })

    it('is bad_reference for a later, a failed, a closed-out or an impossible one', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const { body } = await batch(api, [
        { op: 'map', handle: '#1', length: LENGTH },
        { op: 'open', chardev, holder: 'a' },
        { op: 'map', handle: '#2', length: LENGTH },
        { op: 'open', chardev: 'dax9.9', holder: 'a' },
        { op: 'map', handle: '#3', length: LENGTH },
        { op: 'map', handle: '#99', length: LENGTH },
        { op: 'unmap', id: '#1' },
        { op: 'close', id: '#1' },
        { op: 'close', id: '#7' },
      ])
      expect(outcomes(body.results)).toEqual([
        'bad_reference',
        201,
        'bad_reference',
        'no_such_device',
        'bad_reference',
        'bad_reference',
        'bad_reference',
        204,
        'bad_reference',
      ])
    })

    it('takes 1,000 operations in one commit, and not one more', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const many = (count: number) =>
        Array.from({ length: count }, () => ({ op: 'open', chardev, holder: 'a' }))
      const before = await everything(api)
      expect(refusal(await batch(api, many(COUNT_MAX + 1)))).toMatchObject({ code: 'malformed' })
      expect(refusal(await batch(api, []))).toMatchObject({ code: 'malformed' })
      expect(await everything(api)).toEqual(before)
      const { status, body } = await batch(api, many(COUNT_MAX), true)
      expect([status, body.results.length]).toEqual([200, COUNT_MAX])
      expect((await api.get(`/v1/devices/${chardev}`)).refs.handles).toBe(COUNT_MAX)
    })

    it('is malformed as a whole when one operation is: nothing of it is done', async () => {
      const { api, chardev } = await startWithDevice(stage)
      const before = await everything(api)
      const good = { op: 'open', chardev, holder: 'a' }
      const malformed = { status: 400, errno: 'EINVAL', code: 'malformed' }
      for (const bad of [{ op: 'nope' }, { ...good, extra: 1 }, { op: 'close' }, { op: 'open' }]) {
        expect(refusal(await batch(api, [good, bad]))).toEqual(malformed)
      }
      expect(await everything(api)).toEqual(before)
    })
  })
}
