import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { BenchDirectory } from '../host/bench-directory.ts'
import { type DaxdProcess, startDaxd } from '../host/daxd-process.ts'
import { createRandom } from '../rows/random.ts'
import { openCaller } from './caller.ts'
import { differencesAfterRestart, differencesToBooks } from './compare.ts'
import { createEventReader, type EventCounts } from './event-reader.ts'
import { type Fleet, makeFleet } from './fleet.ts'
import type { ChurnOptions } from './options.ts'
import { type Progress, runStep } from './run-step.ts'
import { type Counts, readCounts, type Sample, takeSample, waitForCounts } from './sample.ts'
import { REGIONS, scaleOf } from './setting.ts'
import { readStanding, type Standing } from './space.ts'

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const FAULTS_TOLD = 20
const VERIFY_OUTPUT_BYTES_MAX = 2 ** 20
const VERIFY_MS_MAX = 30 * 60_000

/** What a run of churn found. */
export interface ChurnResult {
  readonly samples: readonly Sample[]
  readonly kinds: Readonly<Record<string, number>>
  readonly events: EventCounts
  readonly restartMs: number
  readonly verified: string
}

/** @throws Error for whatever breaks a promise of daxd: an answer, the space, the state. */
export async function runChurn(
  options: ChurnOptions,
  directory: BenchDirectory,
  progress: Progress,
): Promise<ChurnResult> {
  const scale = scaleOf(options.live)
  const topology = directory.topology(REGIONS, scale.regionBytes)
  const home = join(directory.path, 'churn')
  const start = () => startDaxd({ directory: home, topology, collectsGarbage: true })
  let daxd = await start()
  try {
    const driven = await drive(daxd, options, progress)
    progress('stopping daxd and starting it again')
    await daxd.stop()
    daxd = await start()
    const restartMs = daxd.readyMs
    expectNone(differencesAfterRestart(driven.standing, await standingOf(daxd)))
    await daxd.stop()
    progress('daxd ledger verify')
    const verified = await verify(join(home, 'state'))
    const { samples, events, fleet } = driven
    const kinds = Object.fromEntries(fleet.tally.kinds)
    return { samples, kinds, events, restartMs, verified }
  } finally {
    await daxd.kill()
  }
}

interface Driven {
  readonly samples: readonly Sample[]
  readonly events: EventCounts
  readonly fleet: Fleet
  readonly standing: Standing
}

async function drive(
  daxd: DaxdProcess,
  options: ChurnOptions,
  progress: Progress,
): Promise<Driven> {
  progress(`making the devices and ${options.live} mappings`)
  const random = createRandom(options.seed)
  const caller = await openCaller(daxd.port)
  const wanted = { ...options, random, scale: scaleOf(options.live) }
  const fleet = await makeFleet(caller, wanted).finally(() => caller.end())
  const reader = createEventReader(daxd.port)
  const counts = await readCounts(daxd.port)
  const samples: Sample[] = []
  let standing = await standingOf(daxd)
  for (let at = 1; at <= options.samples; at += 1) {
    const until = Math.round((options.operations * at) / options.samples)
    const step = await runStep(daxd, { fleet, reader, until, progress })
    const found = await sampleNow(daxd, { fleet, counts, step })
    standing = found.standing
    samples.push(found.sample)
    progress(`sample ${at} of ${options.samples}: ${tell(found.sample)}`)
  }
  return { samples, events: reader.counts, fleet, standing }
}

async function sampleNow(
  daxd: DaxdProcess,
  found: {
    readonly fleet: Fleet
    readonly counts: Counts
    readonly step: Parameters<typeof takeSample>[1]['step']
  },
): Promise<{ sample: Sample; standing: Standing }> {
  const { fleet, counts, step } = found
  const live = await waitForCounts(daxd.port, counts)
  const standing = await standingOf(daxd)
  expectNone(differencesToBooks(standing, fleet.holdings))
  const { tally } = fleet
  const caller = await openCaller(daxd.port)
  try {
    const total = tally.operations
    const sample = await takeSample(daxd, { caller, step, tally, live, standing, total })
    return { sample, standing }
  } finally {
    caller.end()
  }
}

async function standingOf(daxd: DaxdProcess): Promise<Standing> {
  const caller = await openCaller(daxd.port)
  try {
    return await readStanding(caller)
  } finally {
    caller.end()
  }
}

function expectNone(differences: readonly string[]): void {
  if (differences.length === 0) return
  const told = differences.slice(0, FAULTS_TOLD).join('\n  ')
  throw new Error(`${differences.length} differences:\n  ${told}`)
}

function tell({ residentBytes, heapBytes, cpuUsPerOperation }: Sample): string {
  const mib = (value: number) => `${Math.round(value / 2 ** 20)} MiB`
  const cpu = `${cpuUsPerOperation.toFixed(1)} us CPU an operation`
  return `RSS ${mib(residentBytes)}, heap ${mib(heapBytes)}, ${cpu}`
}

/** @throws Error with what it found when the ledger is not sound. */
async function verify(stateDirectory: string): Promise<string> {
  const args = [MAIN, 'ledger', 'verify', '--state-dir', stateDirectory]
  const bounds = { maxBuffer: VERIFY_OUTPUT_BYTES_MAX, timeout: VERIFY_MS_MAX }
  const { stdout } = await promisify(execFile)(process.execPath, args, bounds)
  return stdout.trim()
}
