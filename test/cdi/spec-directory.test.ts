import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { DEFAULT_ALIGN } from '../../src/backends/emulated/topology.ts'
import { createSpecDirectory } from '../../src/cdi/spec-directory.ts'
import { bytes, MIB } from '../../src/core/units.ts'
import type { DeviceSpec } from '../../src/ports/device-specs.ts'

const SPEC: DeviceSpec = {
  device: 'web-1-aa',
  claim: 'web.1',
  path: '/dev/dax0.1',
  offset: bytes(0),
  length: bytes(4 * MIB),
  align: DEFAULT_ALIGN,
  access: 'rw',
  owner: { uid: 1000, gid: 1000, mode: 0o660 },
}
const FILE = 'daxd_daxd.io-claim_web-1-aa.json'
const ENV = [
  'DAXD_CLAIM=web.1',
  'DAXD_PATH=/dev/dax0.1',
  'DAXD_OFFSET=0',
  'DAXD_LENGTH=4194304',
  'DAXD_ALIGN=2097152',
  'DAXD_ACCESS=rw',
  'DAXD_PATH_WEB_1=/dev/dax0.1',
  'DAXD_OFFSET_WEB_1=0',
  'DAXD_LENGTH_WEB_1=4194304',
]

function specs(style: 'nodes' | 'mounts' = 'nodes') {
  const parent = mkdtempSync(join(tmpdir(), 'daxd-cdi-'))
  onTestFinished(() => rmSync(parent, { recursive: true }))
  // A reboot takes the directory away: it is never there at first.
  const directory = join(parent, 'run', 'cdi')
  const read = (file = FILE) => JSON.parse(readFileSync(join(directory, file), 'utf8'))
  return { directory, read, ...createSpecDirectory({ directory, kind: 'daxd.io/claim', style }) }
}

test('a device node is told by path alone, with access, owner and mode, in version 0.5.0', async () => {
  const { write, read } = specs()
  await write(SPEC)
  const node = { path: '/dev/dax0.1', type: 'c', permissions: 'rw', uid: 1000, gid: 1000 }
  expect(read()).toEqual({
    cdiVersion: '0.5.0',
    kind: 'daxd.io/claim',
    devices: [
      {
        name: 'web-1-aa',
        containerEdits: { env: ENV, deviceNodes: [{ ...node, fileMode: 0o660 }] },
      },
    ],
  })
})

test('a claim for reading gives a node that may only be read, and the owner of the host', async () => {
  const { write, read } = specs()
  await write({ ...SPEC, access: 'ro', owner: {} })
  expect(read().devices[0].containerEdits.deviceNodes).toEqual([
    { path: '/dev/dax0.1', type: 'c', permissions: 'r' },
  ])
})

test('the file of an emulated device is bound, and only for reading where that is the access', async () => {
  const { write, read } = specs('mounts')
  await write(SPEC)
  const bound = { hostPath: '/dev/dax0.1', containerPath: '/dev/dax0.1' }
  expect(read().devices[0].containerEdits).toEqual({
    env: ENV,
    mounts: [{ ...bound, options: ['rbind', 'rw', 'nosuid', 'noexec'] }],
  })
  await write({ ...SPEC, access: 'ro' })
  expect(read().devices[0].containerEdits.mounts).toEqual([
    { ...bound, options: ['rbind', 'ro', 'nosuid', 'noexec'] },
  ])
})

test('everybody may read a specification whatever the umask is, and nothing half-written is left', async () => {
  const { directory, write } = specs()
  const before = process.umask(0o077)
  onTestFinished(() => void process.umask(before))
  await write(SPEC)
  const first = statSync(join(directory, FILE))
  await write(SPEC)
  const second = statSync(join(directory, FILE))
  expect([first.mode & 0o777, second.mode & 0o777]).toEqual([0o644, 0o644])
  // Replaced and never written over: a reader has the old one or the new one, whole.
  expect(second.ino).not.toBe(first.ino)
  expect(readdirSync(directory)).toEqual([FILE])
})

test('only what daxd has written under this kind is listed, swept or removed', async () => {
  const { directory, write, list, sweep, remove } = specs()
  await write(SPEC)
  const others = ['nvidia.yaml', 'daxd_other.io-claim_web-1-aa.json', 'web-1-aa.json']
  const half = 'daxd_daxd.io-claim_db-2-bb.json.tmp'
  for (const name of [...others, half]) writeFileSync(join(directory, name), '{')
  expect(await list()).toEqual(['web-1-aa'])
  await sweep()
  expect(readdirSync(directory).sort()).toEqual([...others, FILE].sort())
  await remove('web-1-aa')
  expect(readdirSync(directory).sort()).toEqual([...others].sort())
})

test('the path that a specification hands out is read back; of a torn one there is none', async () => {
  const { directory, write, pathOf } = specs()
  await write(SPEC)
  expect(await pathOf('web-1-aa')).toBe('/dev/dax0.1')
  writeFileSync(join(directory, FILE), '{"cdiVersion": "0.5.0", "devi')
  expect(await pathOf('web-1-aa')).toBeNull()
})

test('removing what is gone succeeds, also when the whole directory is', async () => {
  const { directory, write, remove, list } = specs()
  await remove('web-1-aa')
  await write(SPEC)
  rmSync(directory, { recursive: true })
  await remove('web-1-aa')
  expect(await list()).toEqual([])
  await write(SPEC)
  expect(existsSync(join(directory, FILE))).toBe(true)
})

test('a directory that is none is a refusal, and so is a name that cannot be taken over', async () => {
  const { directory, write, remove } = specs()
  mkdirSync(join(directory, FILE), { recursive: true })
  await expect(write(SPEC)).rejects.toMatchObject({ code: 'EISDIR' })
  expect(readdirSync(directory)).toEqual([FILE])
  rmSync(directory, { recursive: true })
  writeFileSync(directory, '')
  await expect(write(SPEC)).rejects.toMatchObject({ code: 'EEXIST' })
  await expect(remove('web-1-aa')).rejects.toMatchObject({ code: 'ENOTDIR' })
})
