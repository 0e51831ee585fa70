/** The habits of a daxctl session, typed unchanged but for the program's name. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { cliAt } from './support/run-daxd.ts'

const MIB = 2 ** 20

const device = (chardev: string, size: number, more: object = {}) => ({
  ...{ chardev, size, target_node: 0, align: 2 * MIB, mode: 'devdax' },
  ...more,
})

test('a device is made, listed, disabled, resized, enabled and destroyed as with daxctl', async () => {
  const { url } = await startTestDaemon()
  const daxd = cliAt(url)
  const said = async (...args: string[]) => {
    const { code, stdout, stderr } = await daxd(...args)
    return { code, json: stdout === '' ? null : JSON.parse(stdout), stderr }
  }
  expect(await said('create-device', '-r', '0', '-s', '64M')).toEqual({
    code: 0,
    json: [device('dax0.0', 64 * MIB)],
    stderr: 'created 1 device\n',
  })
  expect(await said('list', '-M')).toEqual({
    code: 0,
    json: [
      device('dax0.0', 64 * MIB, {
        mappings: [{ page_offset: 0, start: 0x100000000, end: 0x103ffffff, size: 64 * MIB }],
      }),
    ],
    stderr: '',
  })
  const refused = await said('destroy-device', 'dax0.0')
  expect(refused).toMatchObject({ code: 5, json: null })
  expect(refused.stderr).toMatch(/active.*--force\.\ndestroyed 0 devices\n$/s)
  const disabled = { code: 0, json: null, stderr: 'disabled 1 device\n' }
  expect(await said('disable-device', 'dax0.0')).toEqual(disabled)
  expect(await said('disable-device', '/dev/dax0.0')).toEqual(disabled)
  expect(await said('reconfigure-device', '-s', '128M', 'dax0.0')).toEqual({
    ...{ code: 0, json: null, stderr: 'reconfigured 1 device\n' },
  })
  expect((await said('list', '-d', '0.0')).json).toEqual([
    device('dax0.0', 128 * MIB, { state: 'disabled' }),
  ])
  expect((await said('enable-device', '-r', '0', 'all')).stderr).toBe('enabled 1 device\n')
  expect((await said('enable-device', '-r', '1', 'all')).code).toBe(4)
  expect(await said('destroy-device', '-f', '0.0')).toEqual({
    ...{ code: 0, json: null, stderr: 'destroyed 1 device\n' },
  })
})

test('memory goes online and offline by the same commands, and an idle one says so with 1', async () => {
  const { url } = await startTestDaemon()
  const daxd = cliAt(url)
  await daxd('create-device', '-r', '0', '-s', '256m')
  const modes = async () => JSON.parse((await daxd('list')).stdout)[0]
  const reconfigured = await daxd('reconfigure-device', '--mode=system-ram', '-N', 'dax0.0')
  expect(JSON.parse(reconfigured.stdout)).toEqual([
    device('dax0.0', 256 * MIB, { mode: 'system-ram', state: 'disabled' }),
  ])
  expect(await daxd('online-memory', 'dax0.0')).toEqual({
    ...{ code: 0, stdout: '', stderr: 'onlined memory for 1 device\n' },
  })
  expect(await daxd('online-memory', 'dax0.0')).toEqual({
    code: 1,
    stdout: '',
    stderr: 'daxd: dax0.0: All of its memory is already online.\nonlined memory for 0 devices\n',
  })
  const online = await daxd('reconfigure-device', '-m', 'devdax', 'dax0.0')
  expect(online).toMatchObject({ code: 5, stdout: '' })
  expect(await modes()).toEqual(device('dax0.0', 256 * MIB, { mode: 'system-ram' }))
  expect((await daxd('offline-memory', 'dax0.0')).stderr).toBe('offlined memory for 1 device\n')
  expect((await daxd('offline-memory', 'dax0.0')).code).toBe(1)
  const back = await daxd('reconfigure-device', '-m', 'devdax', 'dax0.0')
  expect(JSON.parse(back.stdout)).toEqual([device('dax0.0', 256 * MIB)])
  expect((await daxd('online-memory', 'dax0.0')).code).toBe(3)
  const forced = await daxd('reconfigure-device', '-m', 'system-ram', 'dax0.0')
  expect(forced.code).toBe(0)
  expect((await daxd('reconfigure-device', '-f', '-m', 'devdax', 'dax0.0')).code).toBe(0)
  expect(await modes()).toEqual(device('dax0.0', 256 * MIB))
})

test('-u gives units and hexadecimal, and a single thing without its brackets', async () => {
  const { url } = await startTestDaemon()
  const daxd = cliAt(url)
  const made = await daxd('create-device', '-r', 'region0', '-s', '256m', '-u')
  const human = { ...device('dax0.0', 0), size: '256.00 MiB (268.44 MB)' }
  expect(JSON.parse(made.stdout)).toEqual(human)
  expect(JSON.parse((await daxd('list', '-RDMiu', '-r', '0')).stdout)).toEqual({
    path: '/platform/emulated.0',
    id: 0,
    size: '16.00 GiB (17.18 GB)',
    available_size: '15.75 GiB (16.91 GB)',
    align: 2 * MIB,
    devices: [
      {
        ...human,
        mappings: [
          {
            page_offset: '0',
            start: '0x100000000',
            end: '0x10fffffff',
            size: '256.00 MiB (268.44 MB)',
          },
        ],
      },
    ],
  })
})

test('a listing of nothing prints nothing, but [] for those who ask for JSON', async () => {
  const { url } = await startTestDaemon()
  const daxd = cliAt(url)
  expect(await daxd('list')).toEqual({ code: 0, stdout: '', stderr: '' })
  expect(await daxd('list', '-d', 'nosuch')).toEqual({ code: 0, stdout: '', stderr: '' })
  expect(await daxd('list', '--json')).toEqual({ code: 0, stdout: '[]\n', stderr: '' })
  const [idle] = JSON.parse((await daxd('list', '-i')).stdout)
  expect(idle).toEqual(device('dax0.0', 0, { state: 'disabled' }))
})

test('a listing that daxctl printed is made again at its places with --input', async () => {
  const { url, directory } = await startTestDaemon()
  const daxd = cliAt(url)
  await daxd('create-device', '-r', '0', '-s', '64m')
  await daxd('create-device', '-r', '0', '-s', '32m')
  const listed = JSON.parse((await daxd('list', '-M', '-d', 'dax0.1')).stdout)
  await daxd('destroy-device', '-f', 'all')
  const file = join(directory, 'device.json')
  writeFileSync(file, JSON.stringify(listed[0]))
  const made = await daxd('create-device', '--input', file)
  expect(made).toMatchObject({ code: 0, stderr: 'created 1 device\n' })
  const again = JSON.parse((await daxd('list', '-M')).stdout)
  expect(again).toEqual([{ ...listed[0], chardev: 'dax0.0' }])
})

test('without -r a device is made in each region that can be divided', async () => {
  const { url, make } = await startTestDaemon()
  await make('/v1/regions', { size: '1g', align: '2m' })
  const daxd = cliAt(url)
  const { code, stdout, stderr } = await daxd('create-device')
  const sizes = JSON.parse(stdout).map(({ chardev, size }: never) => [chardev, size])
  expect({ code, sizes, stderr }).toEqual({
    code: 0,
    sizes: [
      ['dax0.0', 16 * 1024 * MIB],
      ['dax2.0', 1024 * MIB],
    ],
    stderr: 'created 2 devices\n',
  })
})

test("ndctl's commands make, list, change and destroy namespaces of NVDIMM regions", async () => {
  const { url } = await startTestDaemon()
  const daxd = cliAt(url)
  const made = await daxd('create-namespace', '-m', 'devdax', '-s', '64M', '-n', 'data')
  const namespace = JSON.parse(made.stdout)
  expect(namespace).toEqual({
    dev: 'namespace1.0',
    ...{ mode: 'devdax', map: 'mem', size: 62 * MIB, uuid: expect.any(String) },
    daxregion: {
      ...{ id: 1, size: 62 * MIB, align: 2 * MIB },
      devices: [device('dax1.0', 62 * MIB)],
    },
    ...{ align: 2 * MIB, name: 'data' },
  })
  const { daxregion: _shown, ...plain } = namespace
  const listed = { ...plain, chardev: 'dax1.0' }
  expect(JSON.parse((await daxd('list', '-N', '-n', 'namespace1.0')).stdout)).toEqual([listed])
  const regions = JSON.parse((await daxd('list', '-RNu', '-r', 'region1')).stdout)
  expect(regions).toEqual({
    regions: [
      {
        ...{ dev: 'region1', size: '16.00 GiB (17.18 GB)', align: '16.00 MiB (16.78 MB)' },
        available_size: '15.94 GiB (17.11 GB)',
        max_available_extent: '15.94 GiB (17.11 GB)',
        type: 'pmem',
        namespaces: [{ ...listed, size: '62.00 MiB (65.01 MB)' }],
      },
    ],
  })
  expect((await daxd('destroy-namespace', 'data')).code).toBe(5)
  expect((await daxd('disable-namespace', 'namespace1.0')).stderr).toBe('disabled 1 namespace\n')
  expect((await daxd('enable-namespace', 'dax1.0')).stderr).toBe('enabled 1 namespace\n')
  const changed = await daxd('create-namespace', '-e', 'namespace1.0', '-f', '-a', '4k')
  expect(JSON.parse(changed.stdout)).toMatchObject({ align: 4096 })
  expect(await daxd('destroy-namespace', '-f', 'all')).toEqual({
    ...{ code: 0, stdout: '', stderr: 'destroyed 1 namespace\n' },
  })
})

test('create-namespace -c goes on until a region is full, and tells all that it has made', async () => {
  const { url, get } = await startTestDaemon()
  const daxd = cliAt(url)
  const full = ['create-namespace', '-m', 'devdax', '-r', 'region1', '-s', '5g', '-c']
  const { code, stdout, stderr } = await daxd(...full)
  const made: { dev: string }[] = JSON.parse(stdout)
  expect({ code, stderr, made: made.map(({ dev }) => dev) }).toEqual({
    ...{ code: 0, stderr: '', made: ['namespace1.0', 'namespace1.1', 'namespace1.2'] },
  })
  const { items } = await get('/v1/namespaces?region=1')
  expect(items.map(({ chardev }: { chardev: string }) => chardev)).toEqual([
    ...['dax1.0', 'dax1.1', 'dax1.2'],
  ])
  const again = await daxd(...full)
  expect(again).toMatchObject({ code: 6, stdout: '', stderr: expect.stringContaining('ENOSPC') })
  const named = await daxd(...full, '-n', 'web')
  expect(named).toMatchObject({ code: 2, stderr: expect.stringContaining('--name is one name') })
  expect((await get('/v1/namespaces')).items).toHaveLength(3)
})
