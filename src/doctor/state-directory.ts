import { existsSync } from 'node:fs'
import { mkdtemp, open, rm, statfs } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { GIB, MIB } from '../core/units.ts'
import { fileSystemOf } from './file-systems.ts'
import { passed, troubled } from './finding.ts'
import { errorCode } from './host-files.ts'
import type { DoctorBackend, Finding } from './host-report.ts'
import { roundSize } from './round-size.ts'

/** As long as the largest device of the default emulated host. */
const SPARSE_PROBE_BYTES = 16 * GIB
/** What the sparse probe may really take. */
const SPARSE_PROBE_ALLOCATED_BYTES_MAX = 16 * MIB
/** st_blocks counts these, whatever the file system's block is. */
const STAT_BLOCK_BYTES = 512
const FREE_BYTES_WARN = GIB
const FREE_BYTES_FAIL = 64 * MIB

const PLACE = { id: 'state_directory', group: 'state', title: 'State directory' } as const

/**
 * Whether the state directory carries the ledger and, for the emulated backend, device files.
 * Tries it in a directory of its own that is removed again; makes nothing else.
 */
export async function examineStateDirectory(
  directory: string,
  backend: DoctorBackend | null,
): Promise<readonly Finding[]> {
  try {
    const probe = await makeProbe(resolve(directory))
    try {
      const place = await judgePlace(probe.parent, resolve(directory))
      const sparse = backend === 'emulated' ? [await judgeSparse(probe.path)] : []
      return [place, await judgeSpace(probe.parent), ...sparse, judgeSharedMappings(probe.path)]
    } finally {
      await rm(probe.path, { recursive: true, force: true })
    }
  } catch (error) {
    return [
      troubled(PLACE, {
        status: 'fail',
        detail: `cannot write in ${directory}: ${errorCode(error)}`,
        cost: 'daxd cannot keep its ledger and does not start.',
        mend: 'Give --state-dir a writable directory on a local file system with free space.',
      }),
    ]
  }
}

/** A fresh directory in the state directory or, as that may not exist yet, its nearest parent. */
async function makeProbe(directory: string): Promise<{ parent: string; path: string }> {
  for (let parent = directory; ; parent = dirname(parent)) {
    try {
      return { parent, path: await mkdtemp(join(parent, '.daxd-doctor-')) }
    } catch (error) {
      // ENOENT also comes from a directory that is there but takes no entries, such as /proc.
      if (errorCode(error) !== 'ENOENT' || existsSync(parent)) throw error
    }
  }
}

async function judgePlace(parent: string, directory: string): Promise<Finding> {
  const { name, risk } = fileSystemOf((await statfs(parent)).type)
  const detail = `${directory} on ${name}${parent === directory ? '' : ', to be made'}`
  if (risk === null) return passed(PLACE, detail)
  const mend = 'Put --state-dir on a local disk (ext4, xfs, btrfs).'
  return troubled(PLACE, { status: 'warn', detail, cost: risk, mend })
}

async function judgeSpace(parent: string): Promise<Finding> {
  const subject = { id: 'disk_space', group: 'state', title: 'Free disk space' } as const
  const { bavail, bsize } = await statfs(parent)
  const free = bavail * bsize
  const detail = `${roundSize(free)} free`
  if (free >= FREE_BYTES_WARN) return passed(subject, detail)
  return troubled(subject, {
    status: free < FREE_BYTES_FAIL ? 'fail' : 'warn',
    detail,
    cost: 'When the disk is full, every change is refused (507) and emulated devices fault.',
    mend: `Free at least ${roundSize(FREE_BYTES_WARN)} there, or point --state-dir elsewhere.`,
  })
}

async function judgeSparse(probe: string): Promise<Finding> {
  const subject = { id: 'sparse_files', group: 'state', title: 'Sparse files' } as const
  const cost = 'Each emulated device takes its whole size on disk, or cannot be made.'
  const mend = 'Put --state-dir on a file system with sparse files (ext4, xfs, btrfs, tmpfs).'
  try {
    await using file = await open(join(probe, 'sparse'), 'wx')
    await file.truncate(SPARSE_PROBE_BYTES)
    await file.write('x', SPARSE_PROBE_BYTES - 1)
    const allocated = (await file.stat()).blocks * STAT_BLOCK_BYTES
    const length = roundSize(SPARSE_PROBE_BYTES)
    if (allocated <= SPARSE_PROBE_ALLOCATED_BYTES_MAX) {
      return passed(subject, `a file of ${length} takes ${roundSize(allocated)}`)
    }
    const detail = `a file of ${length} takes ${roundSize(allocated)}`
    return troubled(subject, { status: 'fail', detail, cost, mend })
  } catch (error) {
    return troubled(subject, { status: 'fail', detail: errorCode(error), cost, mend })
  }
}

/**
 * SQLite's write-ahead log maps its index file MAP_SHARED and writable, and cannot be switched
 * on where that fails: the same need as that of a client that maps an emulated device.
 * Source: sqlite.org/wal.html "Implementation Of Shared-Memory For The WAL-Index".
 */
function judgeSharedMappings(probe: string): Finding {
  const subject = { id: 'shared_mappings', group: 'state', title: 'Shared mappings' } as const
  const trouble = {
    status: 'fail',
    cost: 'The ledger cannot use a write-ahead log and clients cannot mmap emulated devices.',
    mend: 'Put --state-dir on a file system with shared mmap (ext4, xfs, btrfs, tmpfs).',
  } as const
  try {
    using database = new DatabaseSync(join(probe, 'wal'))
    database.exec('PRAGMA synchronous = OFF')
    const { journal_mode: mode } = database.prepare('PRAGMA journal_mode = WAL').get() ?? {}
    database.exec('CREATE TABLE probe (value INTEGER); INSERT INTO probe VALUES (1)')
    if (mode === 'wal') return passed(subject, 'files can be mapped shared and written')
    return troubled(subject, { ...trouble, detail: `the journal stays in mode ${mode}` })
  } catch (error) {
    return troubled(subject, { ...trouble, detail: errorCode(error) })
  }
}
