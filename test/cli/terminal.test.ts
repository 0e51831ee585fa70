/** What people see who look at a terminal; a pseudo-terminal stands in for it. */
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { cliAt, finish, spawnDaxd, spawnInTerminal, untilSaid } from './support/run-daxd.ts'

/** 64 MiB at this pace are a minute: time enough to see it, and to be interrupted. */
const SLOW_WIPE = '1MiB/s'

const plain = (text: string): string => text.replaceAll('\r', '')

test('a listing is a table in a terminal, JSON in a pipe, and JSON in either with --json', async () => {
  const { url } = await startTestDaemon()
  const daxd = cliAt(url)
  await daxd('create-namespace', '-r', '0', '-s', '64m', '-n', 'web')
  const env = { DAXD_URL: url }
  const table = await finish(spawnInTerminal(['list'], env))
  expect(plain(table.stdout)).toBe(
    [
      'DEVICE  NAMESPACE    SIZE  ALIGN  MODE    STATE    GEN  HANDLES  MAPPINGS',
      'dax0.0  web        64 MiB  2 MiB  devdax  enabled    1        0         0',
      '',
    ].join('\n'),
  )
  const json = (await daxd('list', '-N')).stdout
  const asked = await finish(spawnInTerminal(['list', '-N', '--json'], env))
  expect(plain(asked.stdout)).toBe(json)
})

test('a region is drawn as wide as the terminal, in ASCII where the locale has no more', async () => {
  const { url } = await startTestDaemon()
  await cliAt(url)('create-namespace', '-r', '0', '-s', '8g', '-n', 'half')
  const [wide, narrow] = await Promise.all([
    finish(spawnInTerminal(['region', 'map', '0'], { DAXD_URL: url }, 100)),
    finish(spawnInTerminal(['region', 'map', '0'], { DAXD_URL: url, LANG: 'C' }, 42)),
  ])
  expect(plain(wide.stdout)).toBe(
    [
      'region 0: 16 GiB emulated, dynamic, at 0x100000000-0x4ffffffff',
      `▕${'A'.repeat(49)}${'·'.repeat(49)}▏`,
      '  A dax0.0 half: 8 GiB',
      '  · free: 8 GiB',
      '',
    ].join('\n'),
  )
  expect(plain(narrow.stdout).split('\n')[1]).toBe(`[${'A'.repeat(20)}${'.'.repeat(20)}]`)
})

test('work that lasts shows how far it is, and Ctrl-C says what goes on in the daemon', async () => {
  const { url, get } = await startTestDaemon({ wipeRate: SLOW_WIPE })
  const daxd = cliAt(url)
  await daxd('create-namespace', '-r', '0', '-s', '64m', '-n', 'web', '--wipe', 'on_release')
  const child = spawnInTerminal(['destroy-namespace', '-f', 'web'], { DAXD_URL: url }, 100)
  const seen = await untilSaid(child, 'stdout', '% of 64 MiB')
  expect(seen).toMatch(/\S+ web \[[#.]{24}\] \d+% of 64 MiB/)
  const ended = finish(child)
  child.stdin?.write('\x03')
  const { code, stdout } = await ended
  const { items } = await get('/v1/operations?state=running')
  const operation = items.find(({ verb }: { verb: string }) => verb === 'destroy-namespace')
  expect(code).toBe(130)
  expect(plain(stdout)).toContain(`goes on in the daemon as operation ${operation.id}:`)
  expect(stdout).toContain(`daxd operations wait ${operation.id}`)
  const listed = await daxd('operations', '--state', 'running')
  expect(JSON.parse(listed.stdout).map(({ id }: { id: string }) => id)).toContain(operation.id)
})

test('no progress line is written where nobody looks', async () => {
  const { url } = await startTestDaemon({ wipeRate: '16MiB/s' })
  const daxd = cliAt(url)
  await daxd('create-namespace', '-r', '0', '-s', '16m', '-n', 'web', '--wipe', 'on_release')
  expect(await daxd('destroy-namespace', '-f', 'web')).toEqual({
    ...{ code: 0, stdout: '', stderr: 'destroyed 1 namespace\n' },
  })
})

test('a reader that has seen enough ends a listing quietly', async () => {
  const { url, make, act } = await startTestDaemon()
  await make('/v1/namespaces', { name: 'web', region: 0, size: '2m' })
  const open = { op: 'open', chardev: 'dax0.0', holder: 'h'.repeat(200) }
  await act('/v1/batch', { atomic: true, operations: Array.from({ length: 1000 }, () => open) })
  const child = spawnDaxd(['handles', '--json'], { DAXD_URL: url })
  child.stdout?.once('data', () => child.stdout?.destroy())
  const told: string[] = []
  child.stderr?.on('data', (text) => told.push(String(text)))
  const [code] = await once(child, 'close')
  expect({ code, told }).toEqual({ code: 0, told: [] })
})

test('what others have named cannot make the terminal obey', async () => {
  const { url, make } = await startTestDaemon()
  await make('/v1/namespaces', { name: 'web', region: 0, size: '2m' })
  await make('/v1/devices/dax0.0/handles', { holder: 'a\u202eevil\u200b' })
  const { stdout } = await finish(spawnInTerminal(['handles'], { DAXD_URL: url }, 100))
  expect(stdout).toContain('a evil')
  expect(stdout).not.toMatch(/[\u202e\u200b]/)
})
