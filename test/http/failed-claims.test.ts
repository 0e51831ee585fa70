/** Claims whose release the host refuses once. */
import { expect, it } from 'vitest'
import { groundOf, MIB } from '../contract/stage.ts'
import { refusal } from '../support/api.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'

it('a slice whose wipe failed keeps its place and can be deleted again beside other slices', async () => {
  const rule = { operation: 'wipe', when: 'before', probability: 1, errno: 'EIO', times: 1 }
  const api = await startTestDaemon({ faults: { seed: 1, rules: [rule] } })
  const { id } = await groundOf(api, 'dynamic')
  const pool = { name: 'pool', region: id, size: 8 * MIB, pool: true }
  const { chardev } = await api.make('/v1/namespaces', pool)
  const put = (name: string, wipe: string) =>
    api.ok('put', `/v1/claims/${name}`, 201, {
      body: { size: MIB, sharing: 'slice', holder: 'h', wipe },
    })
  const { mapping } = await put('a', 'on_release')
  await put('b', 'none')
  expect(refusal(await api.ask('delete', '/v1/claims/a'))).toEqual({
    status: 502,
    errno: 'EIO',
    code: 'backend_failed',
  })
  expect(await api.get('/v1/claims/a')).toMatchObject({ state: 'failed', handle: null, mapping })
  expect((await api.get(`/v1/devices/${chardev}`)).refs).toEqual({ handles: 1, mappings: 2 })
  await api.remove('/v1/claims/a')
  expect((await api.get(`/v1/devices/${chardev}`)).refs).toEqual({ handles: 1, mappings: 1 })
  expect((await api.get('/v1/claims/b')).state).toBe('active')
})
