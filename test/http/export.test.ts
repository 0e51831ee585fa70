import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { refusal } from '../support/api.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'

function recording(kernel: string, name: string): string {
  return fileURLToPath(new URL(`../fixtures/recorded/${kernel}/${name}.txt`, import.meta.url))
}

interface Listed {
  readonly id: number
  readonly devices: { readonly chardev: string; readonly mappings?: { page_offset: number }[] }[]
}

/** daxctl prints regions, devices and mappings in no useful order; ours are sorted. */
function sorted(regions: Listed[]): Listed[] {
  const byName = (left: { chardev: string }, right: { chardev: string }) =>
    left.chardev < right.chardev ? -1 : 1
  const first = ({ devices }: Listed) => devices[0]?.chardev ?? ''
  return regions
    .map((region) => ({
      ...region,
      devices: [...region.devices].sort(byName).map((device) => ({
        ...device,
        mappings: [...(device.mappings ?? [])].sort((l, r) => l.page_offset - r.page_offset),
      })),
    }))
    .sort((left, right) => left.id - right.id || (first(left) < first(right) ? -1 : 1))
}

test('a host recorded by daxctl is exported as daxctl has listed it', async () => {
  const file = recording('k6.1', 'daxctl-list-RDMi')
  const daemon = await startTestDaemon({ topology: file })
  const exported = await daemon.get('/v1/export/daxctl')
  expect(sorted(exported)).toEqual(sorted(JSON.parse(readFileSync(file, 'utf8'))))
})

test("a host recorded by ndctl is exported with its regions' figures and devdax namespaces", async () => {
  const file = recording('k6.12', 'ndctl-list-RNDi')
  const daemon = await startTestDaemon({ topology: file })
  const [recorded] = JSON.parse(readFileSync(file, 'utf8')).regions
  const devdax = recorded.namespaces
    .filter(({ mode }: { mode: string }) => mode === 'devdax')
    // Who owns a namespace is not taken over from a recording, and so neither its uuid and name.
    .map(({ uuid: _uuid, name: _name, ...rest }: Record<string, unknown>) => rest)
    .sort((left: { dev: string }, right: { dev: string }) => (left.dev < right.dev ? -1 : 1))
  const { dev, size, align, available_size, max_available_extent, type } = recorded
  const figures = { dev, size, align, available_size, max_available_extent, type }
  const exported = await daemon.get('/v1/export/ndctl')
  expect(exported).toEqual({ regions: [{ ...figures, namespaces: devdax }] })
})

test('an export is a topology: a host made of it has the same regions and devices', async () => {
  const first = await startTestDaemon({ topology: recording('k6.1', 'daxctl-list-RDMi') })
  await first.make('/v1/namespaces', { name: 'db', region: 0, size: '16m', enabled: false })
  const exported = await first.get('/v1/export/daxctl')
  const file = join(first.directory, 'export.json')
  writeFileSync(file, JSON.stringify(exported))
  const second = await startTestDaemon({ topology: file })
  expect(await second.get('/v1/export/daxctl')).toEqual(exported)
})

test('a namespace made of one pasted device has its places, align and state', async () => {
  const file = recording('k6.1', 'daxctl-list-RDMi')
  const daemon = await startTestDaemon({ topology: file })
  const regions: Listed[] = JSON.parse(readFileSync(file, 'utf8'))
  const input = regions.flatMap(({ devices }) => devices).find((d) => d.chardev === 'dax0.3')
  await daemon.remove('/v1/devices/dax0.3')
  const made = await daemon.make('/v1/namespaces', { name: 'again', input })
  expect(made).toMatchObject({
    region: 0,
    size: 100663296,
    align: 2097152,
    enabled: true,
    ranges: [
      { page_offset: 0, start: 1174405120, end: 1207959551, size: 33554432 },
      { page_offset: 8192, start: 1241513984, end: 1308622847, size: 67108864 },
    ],
  })
  const again = await daemon.ask('post', '/v1/namespaces', { body: { name: 'twice', input } })
  expect(refusal(again)).toEqual({ status: 409, code: 'range_taken', errno: 'EBUSY' })
})

test('a pasted device whose mappings leave a hole is refused and changes nothing', async () => {
  const daemon = await startTestDaemon()
  const mappings = [{ page_offset: '0x200', start: '0x100000000', end: '0x1001fffff' }]
  const input = { chardev: 'dax0.7', size: '2m', mappings }
  const answer = await daemon.ask('post', '/v1/namespaces', { body: { input } })
  expect(refusal(answer)).toEqual({ status: 422, code: 'ranges_mismatch', errno: 'EINVAL' })
  const both = await daemon.ask('post', '/v1/namespaces', { body: { input, size: '2m' } })
  expect(refusal(both)).toEqual({ status: 400, code: 'malformed', errno: 'EINVAL' })
  expect((await daemon.get('/v1/namespaces')).items).toEqual([])
})

test('a pasted namespace of a static region gets the same usable size', async () => {
  const daemon = await startTestDaemon()
  const input = { chardev: 'dax1.0', size: '62m', align: 2097152, mode: 'devdax' }
  const { chardev } = await daemon.make('/v1/namespaces', { name: 'flat', input })
  expect(await daemon.get(`/v1/devices/${chardev}`)).toMatchObject({ size: 62 * 2 ** 20 })
})

test('an enabled namespace is exported without a state, a disabled one as disabled', async () => {
  const daemon = await startTestDaemon()
  const { uuid } = await daemon.make('/v1/namespaces', { name: 'on', region: 1, size: '64m' })
  await daemon.make('/v1/namespaces', { name: 'off', region: 1, size: '64m', enabled: false })
  const [region] = (await daemon.get('/v1/export/ndctl')).regions
  expect(region.namespaces).toEqual([
    {
      dev: 'namespace1.0',
      mode: 'devdax',
      map: 'mem',
      size: 62 * 2 ** 20,
      uuid,
      chardev: 'dax1.0',
      align: 2 ** 21,
      name: 'on',
    },
    expect.objectContaining({ dev: 'namespace1.1', name: 'off', state: 'disabled' }),
  ])
})
