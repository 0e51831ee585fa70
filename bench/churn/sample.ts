import { readdirSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { type CpuTime, cpuTimeOf, residentBytes } from '../host/cpu-time.ts'
import { createDaxdClient } from '../host/daxd-client.ts'
import type { DaxdProcess } from '../host/daxd-process.ts'
import { percentile } from '../report/figures.ts'
import { type Caller, itemsOf, jsonOf } from './caller.ts'
import type { Tally } from './churn-client.ts'
import { measureSpace, type Standing } from './space.ts'

/** Long on any machine: what is left after it is left for good. */
const LET_GO_MS_MAX = 5 * 60_000
const LOOK_AGAIN_MS = 100

/** Kinds of objects that the load makes and lets go. */
export const COUNTED = ['mapping', 'handle', 'lease', 'claim', 'namespace', 'device'] as const
export type Counts = Readonly<Record<(typeof COUNTED)[number], number>>

/** daxd at rest after so many operations. */
export interface Sample {
  readonly operations: number
  /** Of the step that ends here. */
  readonly seconds: number
  readonly cpuUsPerOperation: number
  readonly singleP99Ms: number
  readonly residentBytes: number
  /** After a full collection of garbage. */
  readonly heapBytes: number
  readonly externalBytes: number
  readonly ledgerBytes: number
  readonly eventsKept: number
  readonly auditKept: number
  readonly live: Counts
  readonly freeBytes: number
  readonly largestGapBytes: number
  readonly openFiles: number
  readonly threads: number
}

/** What the load did in the step before a sample. */
export interface StepEdges {
  readonly operations: number
  readonly seconds: number
  readonly cpu: readonly [before: CpuTime, after: CpuTime]
}

/** The objects of each kind, from the metrics. */
export async function readCounts(port: number): Promise<Counts> {
  const metrics = await createDaxdClient(port).metrics()
  const counts = COUNTED.map((kind) => [kind, metrics.get(`daxd_objects{kind="${kind}"}`) ?? 0])
  return Object.fromEntries(counts) as Counts
}

/** Waits until only what stood before is left. @throws Error with what is left over. */
export async function waitForCounts(port: number, wanted: Counts): Promise<Counts> {
  const began = performance.now()
  for (;;) {
    const counts = await readCounts(port)
    if (COUNTED.every((kind) => counts[kind] === wanted[kind])) return counts
    if (performance.now() - began > LET_GO_MS_MAX) {
      const told = `${JSON.stringify(counts)}, not ${JSON.stringify(wanted)}`
      throw new Error(`the load has let go of all that comes and goes, but there is ${told}`)
    }
    await setTimeout(LOOK_AGAIN_MS)
  }
}

/** Measures daxd while nothing is asked of it. */
export async function takeSample(
  daxd: DaxdProcess,
  found: {
    readonly caller: Caller
    readonly step: StepEdges
    readonly tally: Tally
    readonly live: Counts
    readonly standing: Standing
    readonly total: number
  },
): Promise<Sample> {
  const { step, tally, live, standing, caller } = found
  const [before, after] = step.cpu
  await daxd.collectGarbage()
  const metrics = await createDaxdClient(daxd.port).metrics()
  const told = (name: string) => metrics.get(name) ?? Number.NaN
  return {
    operations: found.total,
    seconds: step.seconds,
    cpuUsPerOperation: (after.allUs - before.allUs) / step.operations,
    singleP99Ms: percentile(tally.waitsMs.splice(0), 0.99),
    residentBytes: residentBytes(daxd.pid),
    heapBytes: told('daxd_nodejs_heap_size_used_bytes'),
    externalBytes: told('daxd_nodejs_external_memory_bytes'),
    ledgerBytes: told('daxd_ledger_size_bytes'),
    eventsKept: await countEvents(caller),
    auditKept: await countAudit(caller),
    live,
    ...measureSpace(standing.mappings.values(), standing.deviceBytes),
    openFiles: readdirSync(`/proc/${daxd.pid}/fd`).length,
    threads: readdirSync(`/proc/${daxd.pid}/task`).length,
  }
}

/** CPU time of daxd so far. */
export function cpuOf({ pid }: DaxdProcess): CpuTime {
  return cpuTimeOf([pid])
}

/** Not every revision has an event, so they are counted page by page. */
async function countEvents(caller: Caller): Promise<number> {
  const events = await itemsOf(caller, '/v1/events')
  return events.length
}

async function countAudit(caller: Caller): Promise<number> {
  const answer = await caller.call({ method: 'GET', path: '/v1/audit/head', expect: [200] })
  const { number, trimmed } = jsonOf<{ number: number; trimmed: number }>(answer)
  return number - trimmed
}
