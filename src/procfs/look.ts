/** One look at every process. */
import { readdir, readlink } from 'node:fs/promises'
import { describeUse, identifyProcess } from './describe-process.ts'
import { createPace } from './pace.ts'
import { type ScanContext, scanProcess } from './process-scan.ts'
import type { ProcessUse } from './process-use.ts'
import type { WatchIndex } from './watch-index.ts'

/** Processes looked at side by side; a few hide the waits for the thread pool. */
const CONCURRENCY = 4

/** How often the table is read again for processes started meanwhile. */
const ROUNDS_MAX = 5

export interface LookOptions {
  readonly procRoot: string
  /** For one process; it is then left out of this look. */
  readonly timeoutMs: number
  /** For all of them. */
  readonly totalMs: number
  readonly mapsLimitBytes: number
  /** Absent: whoever `self` is. */
  readonly ownPid?: number
  /** Processes whose look has not come back yet, perhaps for ever; kept from look to look. */
  readonly stuck: Set<string>
}

/** Uses by the identity of the watched file. */
export interface LookFindings {
  readonly uses: Map<string, ProcessUse[]>
  complete: boolean
}

/** Rejects when the process table cannot be read, or not to its end; all else is findings. */
export async function lookAtProcesses(
  index: WatchIndex,
  options: LookOptions,
): Promise<LookFindings> {
  const context = { index, pace: createPace(), mapsLimitBytes: options.mapsLimitBytes }
  const findings: LookFindings = { uses: new Map(), complete: true }
  const expiry = createExpiry(options.totalMs)
  try {
    const own = options.ownPid?.toString() ?? (await readlink(`${options.procRoot}/self`))
    const seen = new Set<string>([own])
    for (let round = 0; !expiry.over(); round += 1) {
      const pids = (await readdir(options.procRoot)).filter((name) => /^\d+$/.test(name))
      // Every process table begins with 1; hidepid= leaves it out with all that is not ours.
      if (!pids.includes('1')) findings.complete = false
      const fresh = pids.filter((pid) => !seen.has(pid))
      if (fresh.length === 0) break
      if (round === ROUNDS_MAX) {
        findings.complete = false
        break
      }
      for (const pid of fresh) seen.add(pid)
      await lookAtEach(fresh, { context, options, findings, expiry })
    }
    if (expiry.over()) throw new Error(`not all were looked at in ${options.totalMs} ms`)
  } finally {
    expiry.stop()
  }
  for (const uses of findings.uses.values()) uses.sort((left, right) => left.pid - right.pid)
  return findings
}

interface Look {
  readonly context: ScanContext
  readonly options: LookOptions
  readonly findings: LookFindings
  readonly expiry: Expiry
}

async function lookAtEach(pids: readonly string[], look: Look): Promise<void> {
  const { options, findings, expiry } = look
  const queue = pids.values()
  async function work(): Promise<void> {
    for (const pid of queue) {
      if (expiry.over()) return
      if (options.stuck.has(pid)) {
        findings.complete = false
        continue
      }
      await Promise.race([lookInTime(pid, look), expiry.reached])
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work))
}

/** A process deep in the kernel can block its readers; nobody else shall wait for it. */
async function lookInTime(pid: string, look: Look): Promise<void> {
  const { options, findings } = look
  const patience = createExpiry(options.timeoutMs)
  options.stuck.add(pid)
  const looked = lookAtOne(pid, look, patience).finally(() => options.stuck.delete(pid))
  try {
    await Promise.race([looked, patience.reached])
    if (patience.over()) findings.complete = false
  } finally {
    patience.stop()
  }
}

async function lookAtOne(
  pid: string,
  { context, options, findings }: Look,
  patience: Expiry,
): Promise<void> {
  const folder = `${options.procRoot}/${pid}`
  const { uses, hidden } = await scanProcess(folder, context)
  const identity = uses.size === 0 ? null : await identifyProcess(folder, Number(pid))
  // What comes too late may belong to a look that has been answered.
  if (patience.over()) return
  if (hidden) findings.complete = false
  if (identity === null) return
  for (const [file, use] of uses) {
    const users = findings.uses.get(file) ?? []
    findings.uses.set(file, users)
    users.push(describeUse(identity, use))
  }
}

interface Expiry {
  readonly reached: Promise<void>
  over(): boolean
  stop(): void
}

function createExpiry(timeoutMs: number): Expiry {
  const { promise, resolve } = Promise.withResolvers<void>()
  let isOver = false
  const timer = setTimeout(() => {
    isOver = true
    resolve()
  }, timeoutMs)
  return { reached: promise, over: () => isOver, stop: () => clearTimeout(timer) }
}
