import { expect, test } from 'vitest'
import { startMmapChild } from '../support/mmap-child.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'

const MIB = 2 ** 20
const SIZE = 8 * MIB

test('a namespace takes another name, in its own first generation, while the slot is held', async () => {
  const api = await startTestDaemon()
  await api.make('/v1/namespaces', { name: 'a', region: 0, size: SIZE })
  const handle = await api.make('/v1/devices/dax0.0/handles', { holder: 'pod' })
  const { mmap } = await api.make('/v1/mappings', { handle: handle.id, length: 2 * MIB })
  await startMmapChild(mmap)
  await api.ok('delete', '/v1/namespaces/a?if_busy=revoke', 200)
  const { chardev } = await api.make('/v1/namespaces', { name: 'b', region: 0, size: SIZE })
  const { generation, state } = await api.get(`/v1/devices/${chardev}`)
  expect([chardev, generation, state]).toEqual(['dax0.1', 1, 'enabled'])
})
