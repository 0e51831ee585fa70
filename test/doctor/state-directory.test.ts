import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fileSystemOf } from '../../src/doctor/file-systems.ts'
import { examineStateDirectory } from '../../src/doctor/state-directory.ts'

function scratch(parent = tmpdir()): string {
  const directory = mkdtempSync(join(parent, 'daxd-doctor-test-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

describe('a state directory', () => {
  it('passes what both backends need and leaves nothing behind', async () => {
    const directory = scratch()
    const findings = await examineStateDirectory(directory, 'emulated')
    expect(findings.map(({ id }) => id)).toEqual([
      'state_directory',
      'disk_space',
      'sparse_files',
      'shared_mappings',
    ])
    const probed = findings.filter(({ id }) => ['sparse_files', 'shared_mappings'].includes(id))
    expect(probed.map(({ status }) => status)).toEqual(['pass', 'pass'])
    expect(readdirSync(directory)).toEqual([])
  })

  it('asks for sparse files only where devices are files', async () => {
    const findings = await examineStateDirectory(scratch(), 'kernel')
    expect(findings.map(({ id }) => id)).not.toContain('sparse_files')
  })

  it('tries the nearest parent of a directory still to be made, and does not make it', async () => {
    const parent = scratch()
    const directory = join(parent, 'a', 'b')
    const [place] = await examineStateDirectory(directory, 'emulated')
    expect(place?.detail).toMatch(new RegExp(`^${directory} on .+, to be made$`))
    expect(readdirSync(parent)).toEqual([])
  })

  it.each([
    ['a file is in the way', 'file/below', 'ENOTDIR'],
    ['the place is a file', 'file', 'ENOTDIR'],
  ])('fails when %s', async (_, below, code) => {
    const parent = scratch()
    writeFileSync(join(parent, 'file'), '')
    const directory = join(parent, below)
    expect(await examineStateDirectory(directory, 'emulated')).toEqual([
      {
        id: 'state_directory',
        group: 'state',
        title: 'State directory',
        counts: true,
        status: 'fail',
        detail: `cannot write in ${directory}: ${code}`,
        cost: 'daxd cannot keep its ledger and does not start.',
        mend: 'Give --state-dir a writable directory on a local file system with free space.',
      },
    ])
  })

  it('fails on procfs, where no file can be made', async () => {
    const findings = await examineStateDirectory('/proc', 'emulated')
    expect(findings.map(({ id, status }) => [id, status])).toEqual([['state_directory', 'fail']])
  })

  const onTmpfs = existsSync('/dev/shm') && statfsSync('/dev/shm').type === 0x01021994
  it.runIf(onTmpfs)('warns on tmpfs, which a reboot empties', async () => {
    const [place] = await examineStateDirectory(scratch('/dev/shm'), 'emulated')
    expect(place).toMatchObject({ status: 'warn', cost: expect.stringContaining('reboot') })
  })

  it('keeps its probe out of the way of what is there', async () => {
    const directory = scratch()
    mkdirSync(join(directory, 'devices'))
    await Promise.all([1, 2, 3].map(() => examineStateDirectory(directory, 'emulated')))
    expect(readdirSync(directory)).toEqual(['devices'])
  })
})

describe('file systems', () => {
  it('knows a type that statfs gives as a negative number', () => {
    expect(fileSystemOf(0x9123683e - 2 ** 32)).toEqual({ name: 'btrfs', risk: null })
  })

  it('calls a type it does not know by its number', () => {
    expect(fileSystemOf(0x1234)).toEqual({ name: 'file system 0x1234', risk: null })
  })
})
