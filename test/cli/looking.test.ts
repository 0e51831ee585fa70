/** What is there, who has it, what goes on, and the acts upon it. */
import { expect, test } from 'vitest'
import { startMmapChild } from '../support/mmap-child.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { cliAt, finish, spawnDaxd, spawnInTerminal, untilSaid } from './support/run-daxd.ts'

const MIB = 2 ** 20

test('users of a device are told from the books and from the host, side by side', async () => {
  const { url } = await startTestDaemon()
  const daxd = cliAt(url)
  await daxd('create-device', '-r', '0', '-s', '64m')
  const idle = await finish(spawnInTerminal(['users', 'dax0.0'], { DAXD_URL: url }, 100))
  expect(idle.stdout).toContain('Nobody uses dax0.0 (generation 1).')
  const handle = JSON.parse((await daxd('open', '0.0', '--holder', 'job')).stdout)
  const mapping = JSON.parse((await daxd('map', '-l', '4m', '--prot', 'r', handle.id)).stdout)
  expect(mapping.mmap).toMatchObject({ offset: 0, length: 4 * MIB, prot: ['PROT_READ'] })
  const child = await startMmapChild({ path: handle.path, offset: 0, length: 4 * MIB })
  const users = JSON.parse((await daxd('users', 'dax0.0')).stdout)
  expect(users.holders.map(({ id }: { id: string }) => id).sort()).toEqual([handle.id, mapping.id])
  expect(users.processes).toMatchObject([{ pid: child.pid, mapped: [{ length: 4 * MIB }] }])
  const shown = await finish(spawnInTerminal(['users', 'dax0.0'], { DAXD_URL: url }, 100))
  expect(shown.stdout).toContain('In the books:')
  expect(shown.stdout).toMatch(new RegExp(`${child.pid} +python3`))
  await child.end()
  expect((await daxd('unmap', mapping.id)).stderr).toBe('unmapped 1 mapping\n')
  expect((await daxd('close', handle.id, 'h-none')).stderr).toMatch(/no_such.*closed 1 handle\n$/s)
})

test('a namespace is planned with its places, or refused as the real call would be', async () => {
  const { url, get } = await startTestDaemon()
  const env = { DAXD_URL: url }
  const plan = (...args: string[]) => finish(spawnInTerminal(['plan', 'namespace', ...args], env))
  const [fits, full] = await Promise.all([
    plan('-r', '0', '-s', '4g'),
    plan('--persistence', 'volatile', '-s', '99g'),
  ])
  expect(fits.stdout.replaceAll('\r', '')).toBe(
    'would take 4 GiB devdax, align 2 MiB, of region 0\n  0x100000000-0x1ffffffff  4 GiB\n',
  )
  expect(full).toMatchObject({ code: 6, stdout: expect.stringContaining('ENOSPC no_region') })
  expect((await get('/v1/namespaces')).items).toEqual([])
})

test('a region is closed to new things, and the map of it is JSON for programs', async () => {
  const { url } = await startTestDaemon()
  const daxd = cliAt(url)
  const set = await daxd('region', 'set', '0', '--schedulable', 'no', '--label', 'rack=7')
  expect(JSON.parse(set.stdout)).toMatchObject({ schedulable: false, labels: { rack: '7' } })
  expect((await daxd('create-device', '-r', '0', '-s', '2m')).code).toBe(6)
  const [map] = JSON.parse((await daxd('region', 'map', '0')).stdout)
  expect(map).toMatchObject({ id: 0, items: [{ state: 'free', size: 16 * 1024 * MIB }] })
  expect((await daxd('region', 'map', '9')).code).toBe(4)
})

test('a drain is waited for from another shell, or called off', async () => {
  const { url, get } = await startTestDaemon()
  const daxd = cliAt(url)
  await daxd('create-device', '-r', '0', '-s', '64m')
  const open = async () => JSON.parse((await daxd('open', 'dax0.0')).stdout).id
  const running = async () => (await get('/v1/operations?state=running')).items[0]?.id
  const drain = ['disable-device', '--if-busy', 'drain', 'dax0.0']
  const held = await open()
  const first = finish(spawnDaxd(drain, { DAXD_URL: url }))
  await expect.poll(running, { timeout: 30_000 }).toBeTypeOf('string')
  const id = await running()
  const waiting = spawnDaxd(['operations', 'wait', id], { DAXD_URL: url })
  const waited = finish(waiting)
  await daxd('close', held)
  expect(await first).toMatchObject({ code: 0, stderr: 'disabled 1 device\n' })
  expect(await waited).toMatchObject({ code: 0, stdout: expect.stringContaining('"chardev"') })
  await daxd('enable-device', 'dax0.0')
  await open()
  const second = finish(spawnDaxd(drain, { DAXD_URL: url }))
  await expect.poll(running, { timeout: 30_000 }).toBeTypeOf('string')
  const cancelled = await daxd('operations', 'cancel', await running())
  expect(cancelled).toMatchObject({ code: 0, stderr: 'cancelled 1 operation\n' })
  expect(await second).toMatchObject({ code: 3, stderr: expect.stringContaining('ECANCELED') })
})

test('where books and host agree it says so with 0, and what is no difference is not settled', async () => {
  const { url } = await startTestDaemon()
  const daxd = cliAt(url)
  expect(await daxd('reconcile')).toEqual({ code: 0, stdout: '[]\n', stderr: '' })
  const settled = await daxd('reconcile', 'adopt', 'dax0.5')
  expect(settled).toMatchObject({ code: 4, stderr: expect.stringMatching(/adopted 0 objects\n$/) })
})

test('-v says where the daemon is, and what is tried again', async () => {
  const { url } = await startTestDaemon()
  const { stderr } = await cliAt(url)('enable-device', '-v', 'dax0.77')
  expect(stderr).toContain(`daxd is at ${url}/\n`)
})

test('a stream of changes goes on over a restart of the daemon', async () => {
  const daemon = await startTestDaemon()
  const { url } = daemon
  const child = spawnDaxd(['watch', '--since', '0', '--kind', 'namespace'], { DAXD_URL: url })
  const seen = untilSaid(child, 'stdout', 'namespace late state=active')
  const lost = untilSaid(child, 'stderr', 'the connection is lost')
  await daemon.make('/v1/namespaces', { name: 'early', region: 0, size: '2m' })
  await untilSaid(child, 'stdout', 'namespace early state=active')
  // A daemon that comes back comes back at its address.
  const again = await daemon.restart({ port: Number(new URL(url).port) })
  await lost
  await again.make('/v1/namespaces', { name: 'late', region: 0, size: '2m' })
  const names = [...(await seen).matchAll(/created namespace (\w+)/g)].map(([, name]) => name)
  expect(names).toEqual(['early', 'late'])
})
