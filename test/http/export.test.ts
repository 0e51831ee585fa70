import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
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
