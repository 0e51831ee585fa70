import { readdirSync, readFileSync } from 'node:fs'

/** CPU time that processes have used since their start. */
export interface CpuTime {
  /** All threads of all of them: the event loop, the ledger, garbage collection. */
  readonly allUs: number
  /** The first thread of the first process: of a Node server, its event loop. */
  readonly mainUs: number
}

/**
 * Read from the scheduler's own account, in nanoseconds per thread, so nothing has to run inside
 * the server. Source: Documentation/scheduler/sched-stats.rst, `/proc/<pid>/schedstat`.
 */
export function cpuTimeOf(pids: readonly number[]): CpuTime {
  const [first] = pids
  let allUs = 0
  for (const pid of pids) for (const tid of threadsOf(pid)) allUs += threadUs(pid, tid)
  return { allUs, mainUs: first === undefined ? 0 : threadUs(first, String(first)) }
}

/** A process and all that descends from it. */
export function processTree(root: number): number[] {
  const found = [root]
  for (const pid of found) {
    for (const tid of threadsOf(pid)) {
      const children = readOrEmpty(`/proc/${pid}/task/${tid}/children`)
      found.push(...children.split(' ').filter(Boolean).map(Number))
    }
  }
  return found
}

/** Bytes of memory that the process has in RAM. */
export function residentBytes(pid: number): number {
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) * 1024
}

function threadUs(pid: number, tid: string): number {
  const [ranNs = ''] = readOrEmpty(`/proc/${pid}/task/${tid}/schedstat`).split(' ')
  return Number(ranNs) / 1000
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

/** A thread or process may end between the listing and the reading. */
function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
