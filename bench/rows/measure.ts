import { type CpuTime, cpuTimeOf } from '../host/cpu-time.ts'
import type { ServerProcess } from '../host/server-process.ts'
import type { LoadProcess } from '../load/load-process.ts'
import type { LoadResult } from '../load/messages.ts'
import type { WorkOrder } from '../load/work.ts'

/** How long and with how many connections each window is measured. */
export interface WindowSize {
  readonly connections: number
  readonly warmUpMs: number
  readonly measureMs: number
}

/** One window of one server: what its clients saw, and what it cost. */
export interface Sample extends LoadResult {
  readonly ratePerSecond: number
  /** CPU of the server's processes, all threads, a request. */
  readonly cpuUs: number
  /** CPU of its event loop's thread alone, a request. */
  readonly mainCpuUs: number
  readonly cpuUsPerOperation: number
  /** Cores that the load process used; near 1 it would be the bottleneck. */
  readonly clientCores: number
}

/** Enough of each kind for the compiler to have settled, by work and not by time. */
const WARM_UP_OPERATIONS = 30_000
/** A machine that is busy with other things shall not warm up for ever. */
const WARM_UP_WINDOWS_MAX = 10

/**
 * Loads a server without counting: code that is new is not yet compiled, and on a busy machine a
 * time of warming up may be no work at all.
 */
export async function warmUp(
  load: LoadProcess,
  server: ServerProcess,
  window: WindowSize & { readonly work: WorkOrder },
): Promise<void> {
  let operations = 0
  for (let turn = 0; turn < WARM_UP_WINDOWS_MAX && operations < WARM_UP_OPERATIONS; turn += 1) {
    operations += (await measure(load, server, window)).operations
  }
}

/** Runs one window. @throws Error when the server refused anything or did nothing. */
export async function measure(
  load: LoadProcess,
  server: ServerProcess,
  { work, ...size }: WindowSize & { readonly work: WorkOrder },
): Promise<Sample> {
  const order = { port: server.port, ...size, work }
  const { result, edges } = await load.run(order, () => cpuTimeOf(server.pids()))
  if (result.requests === 0) throw new Error('no request was answered in a whole window')
  return sampleOf(result, edges)
}

/** The figures of a window from its two edges. */
export function sampleOf(result: LoadResult, [before, after]: [CpuTime, CpuTime]): Sample {
  const { requests, operations, seconds, clientCpuUs } = result
  return {
    ...result,
    ratePerSecond: requests / seconds,
    cpuUs: (after.allUs - before.allUs) / requests,
    mainCpuUs: (after.mainUs - before.mainUs) / requests,
    cpuUsPerOperation: (after.allUs - before.allUs) / operations,
    clientCores: clientCpuUs / 1e6 / seconds,
  }
}
