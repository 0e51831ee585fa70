import { expect, test } from 'vitest'
import { MIB } from '../contract/stage.ts'
import { startMmapChild } from '../support/mmap-child.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'

test('a removed device is not told to be held by processes of the next one of its name', async () => {
  const api = await startTestDaemon()
  const make = async (name: string) => {
    const body = { name, region: 0, size: 8 * MIB }
    const { chardev } = await api.ok('post', '/v1/namespaces', 201, { body })
    return api.get(`/v1/devices/${chardev}`)
  }
  const { chardev, generation } = await make('n')
  await api.ok('post', `/v1/devices/${chardev}/handles`, 201, { body: { holder: 'h' } })
  await api.ok('delete', '/v1/namespaces/n?if_busy=revoke', 200)
  const next = await make('next')
  const child = await startMmapChild({ path: next.path, offset: 0, length: 2 * MIB })
  const processes = async (query: string) => {
    const users = await api.get(`/v1/devices/${chardev}/users${query}`)
    return users.processes.map(({ pid }: { pid: number }) => pid)
  }
  expect(next.chardev).toBe(chardev)
  expect([await processes(''), await processes(`?generation=${generation}`)]).toEqual([
    [child.pid],
    [],
  ])
})
