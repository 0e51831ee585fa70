import { execFileSync } from 'node:child_process'
import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs'
import { arch, cpus, loadavg, release, totalmem } from 'node:os'
import { join } from 'node:path'
import { median } from '../report/figures.ts'

/** What the figures depend on. */
export interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly memoryGiB: number
  readonly kernel: string
  readonly node: string
  readonly fileSystem: string
  /** Median of appends of 256 B, each with fdatasync, on the measured disk. */
  readonly fdatasyncMs: number
  /** Load average of the last minute before the run: above 0 others were at work. */
  readonly loadBefore: number
  readonly commit: string
}

const SYNCS = 50
const RECORD_BYTES = 256
const FILE_SYSTEMS: Readonly<Record<number, string>> = {
  61267: 'ext4',
  16914836: 'tmpfs',
  1481003842: 'xfs',
  2435016766: 'btrfs',
  2035054128: 'overlayfs',
}

/** Describes this machine; `directory` is on the disk that is measured. */
export function describeMachine(directory: string): Machine {
  const all = cpus()
  const type = statfsSync(directory).type
  return {
    cpu: all[0]?.model ?? 'unknown',
    cores: all.length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    kernel: `${release()} ${arch()}`,
    node: process.version,
    fileSystem: FILE_SYSTEMS[type] ?? `file system 0x${type.toString(16)}`,
    fdatasyncMs: timeOfSync(join(directory, 'sync')),
    loadBefore: loadavg()[0] ?? 0,
    commit: commitOf(),
  }
}

function timeOfSync(path: string): number {
  const file = openSync(path, 'w')
  const record = Buffer.alloc(RECORD_BYTES, 1)
  const times = Array.from({ length: SYNCS }, () => {
    const began = performance.now()
    writeSync(file, record)
    fdatasyncSync(file)
    return performance.now() - began
  })
  closeSync(file)
  rmSync(path)
  return median(times)
}

function commitOf(): string {
  try {
    const options = { cwd: import.meta.dirname, encoding: 'utf8' } as const
    return execFileSync('git', ['describe', '--always', '--dirty'], options).trim()
  } catch {
    return 'unknown'
  }
}
