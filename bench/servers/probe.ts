/**
 * Loaded before daxd (`node --import`) for the rows that need to look inside: tells the delay of
 * its event loop, and stalls every commit by the ledger's own rehearsal of a slow disk.
 * The product's code is as it is; only what the ledger's thread is started with differs.
 */
import { syncBuiltinESMExports } from 'node:module'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import threads from 'node:worker_threads'

const NS_IN_MS = 1e6
const RESOLUTION_MS = 1

/** The answer to `report`: what was seen since the answer before. */
export interface ProbeReport {
  /** p99 of how much later than wanted a timer of 1 ms ran. */
  readonly loopDelayP99Ms: number
  /** How many ledger threads were started with the stall. */
  readonly stalledThreads: number
}

const commitStallMs = Number(process.env['DAXD_BENCH_COMMIT_STALL_MS'] ?? 0)
let stalledThreads = 0
threads.Worker = new Proxy(threads.Worker, {
  construct(target, [entry, options]: ConstructorParameters<typeof threads.Worker>) {
    if (options?.name !== 'daxd-ledger') return new target(entry, options)
    stalledThreads += 1
    return new target(entry, { ...options, workerData: { ...options.workerData, commitStallMs } })
  },
})
syncBuiltinESMExports()

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
delay.enable()
process.on('message', (question) => {
  if (question !== 'report') return
  const loopDelayP99Ms = delay.percentile(99) / NS_IN_MS - RESOLUTION_MS
  delay.reset()
  process.send?.({ loopDelayP99Ms, stalledThreads } satisfies ProbeReport)
})
process.channel?.unref()
