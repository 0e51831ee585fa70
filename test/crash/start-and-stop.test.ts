import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { runDaemon, startDaemon, stateDirectory } from './support/daemon.ts'
import { call, must } from './support/http.ts'

test('a second daemon on a state directory ends with 2 and one sentence; the first serves on', async () => {
  const directory = stateDirectory()
  const { url } = await startDaemon(directory)
  const { code, signal, stderr } = await runDaemon(directory)
  expect({ code, signal }).toEqual({ code: 2, signal: null })
  expect(stderr).toMatch(/^daxd: [^\n]+\.\n$/)
  expect((await call(url, 'GET', '/readyz'))?.status).toBe(200)
})

test('SIGTERM ends the daemon with 0, and what was answered is there after the next start', async () => {
  const directory = stateDirectory()
  const first = await startDaemon(directory)
  const body = { holder: 'h', ttl_ms: 60_000 }
  const lease = await must(first.url, 'POST', '/v1/leases', { body })
  expect(await first.end('SIGTERM')).toEqual({ code: 0, signal: null, stderr: '' })
  const second = await startDaemon(directory)
  const again = await must(second.url, 'GET', `/v1/leases/${lease.id}`)
  // A lease gets its full time again, so what tells of its end has changed.
  const told = { holder: 'h', token: lease.token, created_at: lease.created_at }
  expect(again).toMatchObject(told)
})

test('SIGTERM is not kept waiting by a watcher who has stopped reading', async () => {
  const daemon = await startDaemon(stateDirectory())
  const { hostname, port } = new URL(daemon.url)
  const watcher = connect({ host: hostname, port: Number(port) })
  onTestFinished(() => void watcher.destroy())
  watcher.write(`GET /v1/events HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`)
  await once(watcher, 'readable')
  const body = { holder: 'h', ttl_ms: 60_000 }
  await must(daemon.url, 'POST', '/v1/leases', { body })
  expect(await daemon.end('SIGTERM')).toEqual({ code: 0, signal: null, stderr: '' })
})

test('SIGTERM finishes a creation that is running, and answers it', async () => {
  const directory = stateDirectory()
  const daemon = await startDaemon(directory)
  const body = { name: 'late', region: 0, size: '2MiB' }
  const answer = call(daemon.url, 'POST', '/v1/namespaces', { body })
  while ((await call(daemon.url, 'GET', '/v1/namespaces/late'))?.status !== 200) {
    // Shown as soon as its intent is durable; the host's part is then still to come.
  }
  const exit = await daemon.end('SIGTERM')
  const created = await answer
  expect({ code: exit.code, status: created?.status }).toEqual({ code: 0, status: 201 })
  const again = await startDaemon(directory)
  const shown = await must(again.url, 'GET', '/v1/namespaces/late')
  expect(shown.state).toBe('active')
})

test('a drain that SIGTERM cuts short is failed at the next start, and its device serves on', async () => {
  const directory = stateDirectory()
  const daemon = await startDaemon(directory)
  const body = { region: 0, size: '2MiB' }
  const { chardev } = await must(daemon.url, 'POST', '/v1/namespaces', { body })
  const open = { body: { holder: 'h' } }
  await must(daemon.url, 'POST', `/v1/devices/${chardev}/handles`, open)
  const drain = await must(daemon.url, 'POST', `/v1/devices/${chardev}/disable`, {
    body: { if_busy: 'drain', timeout_ms: 600_000 },
    status: [202],
  })
  expect((await daemon.end('SIGTERM')).code).toBe(0)
  const { url } = await startDaemon(directory)
  const operation = await must(url, 'GET', `/v1/operations/${drain.id}`)
  const device = await must(url, 'GET', `/v1/devices/${chardev}`)
  expect([operation.state, operation.problem.code, device.state, device.generation]).toEqual([
    'failed',
    'cancelled',
    'enabled',
    1,
  ])
})
