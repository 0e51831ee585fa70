import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createKernelBackend } from '../../../src/backends/kernel/kernel-backend.ts'
import { createOpenCounts } from '../../../src/backends/kernel/open-counts.ts'
import { createFakeNodes, holder, newDirectory, refusal } from './fixture.ts'

const log = { debug() {}, info() {}, warn() {}, error() {} }

/** Region 1 without labels, whose one namespace is the enabled device dax1.0. */
async function labelless(directory: string): Promise<string> {
  const region = join(directory, 'devices/ndbus0/region1')
  const device = join(region, 'dax1.0/dax1.0')
  const files = {
    [region]: { size: '67108864', resource: '0x100000000', nstype: '4', mapping0: 'nmem0,0,1,0' },
    [join(region, 'namespace1.0')]: { size: '67108864', resource: '0x100000000', uuid: '' },
    [device]: { size: '65011712', align: '2097152', dev: '253:1', resource: '0x100200000' },
    [join(directory, 'drivers/device_dax')]: {},
    [join(directory, 'bus/nd/devices')]: {},
    [join(directory, 'bus/dax/devices')]: {},
  }
  for (const [path, attributes] of Object.entries(files)) {
    await mkdir(path, { recursive: true })
    for (const [name, text] of Object.entries(attributes)) await writeFile(join(path, name), text)
  }
  const links = [
    [region, 'bus/nd/devices/region1'],
    [join(region, 'namespace1.0'), 'bus/nd/devices/namespace1.0'],
    [device, 'bus/dax/devices/dax1.0'],
  ] as const
  for (const [target, path] of links) await symlink(target, join(directory, path))
  for (const path of [region, device]) {
    await symlink(join(directory, 'drivers/device_dax'), join(path, 'driver'))
  }
  return directory
}

async function label(users: ReturnType<typeof holder>[]) {
  const sysRoot = await labelless(await newDirectory())
  const [procRoot, devRoot, nodes] = [await newDirectory(), await newDirectory(), createFakeNodes()]
  const commands: string[] = []
  const done = refusal(
    createKernelBackend({
      ...{ sysRoot, procRoot, devRoot, nodes, log, initLabels: true },
      openCounts: createOpenCounts({ sysRoot, procRoot, devRoot }),
      observer: {
        find: async ([file]) => {
          const found = new Map(users.length === 0 || !file ? [] : [[file.key, users]])
          return { found, complete: true }
        },
      },
      run: async (command, args) => {
        commands.push([command, ...args].join(' '))
        return { kind: 'done', stdout: '' }
      },
    }),
  )
  return { answer: await done, commands, away: [...nodes.away] }
}

test('labels are not written on a region whose dax device somebody has open, which stays open', async () => {
  expect(await label([holder(7)])).toEqual({ answer: 'busy', commands: [], away: [] })
})

test('labels are written on a region that nobody uses', async () => {
  const { answer, commands } = await label([])
  expect([answer, commands]).toEqual([
    'no refusal',
    [
      'ndctl disable-namespace namespace1.0',
      'ndctl disable-region region1',
      'ndctl init-labels -f nmem0',
      'ndctl enable-region region1',
    ],
  ])
})
