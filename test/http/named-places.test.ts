import { expect, test } from 'vitest'
import { refusal } from '../support/api.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'

const MIB = 1024 ** 2

test('a claim whose selector names a region gets its memory there, and nowhere else', async () => {
  const daemon = await startTestDaemon()
  const put = (name: string, region: number) =>
    daemon.ask('put', `/v1/claims/${name}`, {
      body: { size: 32 * MIB, sharing: 'dedicated', holder: 'h', selector: { region } },
    })
  const { status, body } = await put('there', 1)
  expect([status, body.chardev]).toEqual([201, 'dax1.0'])
  expect(refusal(await put('nowhere', 7))).toEqual({
    status: 507,
    code: 'no_region',
    errno: 'ENOSPC',
  })
})

test('a slice goes into the pool that its selector names, though another fits better', async () => {
  const daemon = await startTestDaemon()
  for (const name of ['tight', 'wanted']) {
    const size = name === 'tight' ? 4 * MIB : 64 * MIB
    await daemon.make('/v1/namespaces', { name, region: 0, size, pool: true })
  }
  const put = (name: string, namespace: string, sharing = 'slice') =>
    daemon.ask('put', `/v1/claims/${name}`, {
      body: { size: 2 * MIB, sharing, holder: 'h', selector: { namespace } },
    })
  expect((await put('a', 'wanted')).body.namespace).toBe('wanted')
  expect(refusal(await put('b', 'missing')).code).toBe('no_pool')
  expect(refusal(await put('c', 'wanted', 'dedicated')).code).toBe('no_region')
})
