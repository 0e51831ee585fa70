import { expect, test } from 'vitest'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { cliAt, spawnDaxd, untilSaid } from './support/run-daxd.ts'

test('every change is a line, those of other kinds left out, from a revision on', async () => {
  const { url } = await startTestDaemon()
  const daxd = cliAt(url)
  await daxd('create-namespace', '-r', '0', '-s', '64m', '-n', 'web')
  const argv = ['watch', '--since', '0', '--kind', 'namespace']
  const child = spawnDaxd(argv, { DAXD_URL: url })
  const before = await untilSaid(child, 'stdout', 'state=active')
  expect(
    before
      .trim()
      .split('\n')
      .map((line) => line.replace(/^\S+ #\d+ /, '')),
  ).toEqual([
    'created namespace web state=creating chardev=dax0.0 size=64MiB',
    'updated namespace web state=active chardev=dax0.0 size=64MiB',
  ])
})

test('a size is one word, that of nothing too, since blanks part what is told', async () => {
  const { url } = await startTestDaemon()
  const daxd = cliAt(url)
  await daxd('create-device', '-r', '0', '-s', '64m')
  const child = spawnDaxd(['watch', '--since', '0', '--kind', 'device'], { DAXD_URL: url })
  const told = await untilSaid(child, 'stdout', 'size=64MiB')
  const sizes = [...told.matchAll(/ size=(\S*)(?= generation|$)/gm)].map(([, size]) => size)
  expect(new Set(sizes)).toEqual(new Set(['0', '64MiB']))
})

test('Ctrl-C is how one stops watching: it ends with 0', async () => {
  const { url } = await startTestDaemon()
  const child = spawnDaxd(['watch', '--since', '0', '--json'], { DAXD_URL: url })
  const line = await untilSaid(child, 'stdout', '\n')
  expect(JSON.parse(line.split('\n')[0] ?? '')).toMatchObject({ type: 'created', kind: 'region' })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGINT')
  expect(await ended).toBe(0)
})
