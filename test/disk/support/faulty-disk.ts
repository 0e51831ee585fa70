import { execFileSync } from 'node:child_process'
import { mkdtempSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningDaemon, startDaemon } from '../../crash/support/daemon.ts'

const SOURCE = join(import.meta.dirname, 'disk-fault.c')

/** What a file's calls do from now on; see disk-fault.c. */
export interface DiskFault {
  readonly call: 'write' | 'sync'
  readonly what: 'EIO' | 'EROFS' | 'hang'
  /** The end of the path that it strikes. */
  readonly file: string
}

/** A disk below a daemon that fails on command. */
export interface FaultyDisk {
  arm(fault: DiskFault): void
  disarm(): void
  start(directory: string): Promise<RunningDaemon>
}

/** Builds the library; null, told aloud, where there is no compiler. */
export function createFaultyDisk(): FaultyDisk | null {
  const scratch = mkdtempSync(join(tmpdir(), 'daxd-disk-'))
  const library = join(scratch, 'disk-fault.so')
  const control = join(scratch, 'control')
  try {
    execFileSync('gcc', ['-shared', '-fPIC', '-O1', '-o', library, SOURCE, '-ldl'])
  } catch (error) {
    console.warn(`NO FAULTY DISK WAS TESTED: gcc(1) does not serve here (${String(error)})`)
    return null
  }
  return {
    arm({ call, what, file }) {
      const errno = what === 'hang' ? -1 : constants.errno[what]
      writeFileSync(control, `${call} ${errno} ${file}\n`)
    },
    disarm: () => writeFileSync(control, ''),
    start(directory) {
      const before = { ...process.env }
      process.env['LD_PRELOAD'] = library
      process.env['DISK_FAULT_CONTROL'] = control
      try {
        // The process is spawned before this returns.
        return startDaemon(directory)
      } finally {
        process.env = before
      }
    },
  }
}
