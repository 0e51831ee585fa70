/** Differences between the books and the host, settled from the command line. */
import { expect, test } from 'vitest'
import { rewrite, steal, strange } from '../support/other-hands.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { cliAt } from './support/run-daxd.ts'

const MIB = 2 ** 20

async function start() {
  const daemon = await startTestDaemon()
  const daxd = cliAt(daemon.url)
  /** The kinds and objects that still differ, and the exit code that says so. */
  const differences = async () => {
    const { code, stdout } = await daxd('reconcile')
    const items: { kind: string; object: string }[] = JSON.parse(stdout)
    return { code, items: items.map(({ kind, object }) => `${kind} ${object}`) }
  }
  return { daemon, daxd, differences }
}

const AGREED = { code: 0, items: [] }

test('a device that others have made is adopted, and is one of ours from then on', async () => {
  const { daemon, daxd, differences } = await start()
  const { start: base } = await daemon.get('/v1/regions/0')
  strange(daemon, 0, base)
  expect(await differences()).toEqual({ code: 1, items: ['orphan device/dax0.7'] })
  expect(await daxd('reconcile', 'adopt', 'device/dax0.7')).toEqual({
    ...{ code: 0, stdout: '', stderr: 'adopted 1 object\n' },
  })
  expect(await differences()).toEqual(AGREED)
  expect(await daemon.get('/v1/namespaces')).toMatchObject({
    items: [{ chardev: 'dax0.7', size: 4 * MIB }],
  })
})

test('a device that is gone is forgotten by its bare name, and its memory is free', async () => {
  const { daemon, daxd, differences } = await start()
  const { available_size } = await daemon.get('/v1/regions/0')
  await daxd('create-namespace', '-r', '0', '-s', '64m', '-n', 'web')
  steal(daemon, 'dax0.0')
  expect(await differences()).toEqual({ code: 1, items: ['ghost device/dax0.0'] })
  expect(await daxd('reconcile', 'forget', 'dax0.0')).toEqual({
    ...{ code: 0, stdout: '', stderr: 'forgot 1 object\n' },
  })
  expect((await daemon.get('/v1/namespaces')).items).toEqual([])
  expect((await daemon.get('/v1/regions/0')).available_size).toBe(available_size)
})

test('devices are brought back to what the books say, each told that could not be', async () => {
  const { daemon, daxd, differences } = await start()
  await daxd('create-namespace', '-r', '0', '-s', '64m', '-n', 'first')
  await daxd('create-namespace', '-r', '0', '-s', '2m', '-n', 'second')
  rewrite(daemon, 'dax0.0', () => ({ enabled: false }))
  steal(daemon, 'dax0.1')
  expect(await differences()).toEqual({
    ...{ code: 1, items: ['drift device/dax0.0', 'ghost device/dax0.1'] },
  })
  const repaired = await daxd(
    ...['reconcile', 'repair', 'device/dax0.0', 'device/dax0.9', 'device/dax0.1'],
  )
  expect(repaired).toEqual({
    ...{ code: 4, stdout: '' },
    stderr: expect.stringMatching(/device\/dax0\.9.*\n(?:.*\n)*repaired 2 objects\n$/),
  })
  expect(await differences()).toEqual(AGREED)
  const enabled = (await daemon.get('/v1/devices')).items as { chardev: string; state: string }[]
  expect(enabled.map(({ chardev, state }) => `${chardev} ${state}`)).toEqual([
    ...['dax0.0 enabled', 'dax0.1 enabled'],
  ])
})
