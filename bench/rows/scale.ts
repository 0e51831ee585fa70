/**
 * The rows at a million live mappings: two daxd with the same devices, one with a thousand
 * mappings in them and one with all, loaded in turns.
 */
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { residentBytes } from '../host/cpu-time.ts'
import { createDaxdClient } from '../host/daxd-client.ts'
import { type DaxdProcess, startDaxd } from '../host/daxd-process.ts'
import { median, ratios } from '../report/figures.ts'
import type { Finding } from '../report/targets.ts'
import type { BenchRun, Found } from './bench-run.ts'
import { measure, type Sample, warmUp } from './measure.ts'

const LIVE_OF_TARGET = 1_000_000
const FEW_LIVE = 1_000
const DEVICES_MAX = 1_000
const MAPPINGS_A_DEVICE = 1_000
const REGIONS = 8
const MIB = 2 ** 20
const LENGTH = 2 * MIB
/** Operations of one batch, and so mappings made before every fourth of them goes again. */
const BATCH_OPERATIONS = 1_000
const UNMAPPED_OF = 4
const BATCHES_AT_ONCE = 4
const PROGRESS_EVERY_BATCHES = 200
const RESTARTS = 3
/** Memory is read after this much rest, in which garbage may be collected. */
const REST_MS = 5_000

interface Stage {
  daxd: DaxdProcess
  readonly restart: () => Promise<DaxdProcess>
  readonly handles: readonly string[]
  readonly residentEmpty: number
}

/** Runs the group `scale`. */
export async function runScaleRows(run: BenchRun): Promise<Found> {
  const stages: Stage[] = []
  try {
    const names = ['few', 'many'] as const
    const started = await Promise.allSettled(names.map((name) => startStage(run, name)))
    for (const stage of started) if (stage.status === 'fulfilled') stages.push(stage.value)
    for (const stage of started) if (stage.status === 'rejected') throw stage.reason
    const [few, many] = stages
    if (few === undefined || many === undefined) throw new Error('both are up')
    await fill(run, few, FEW_LIVE)
    await fill(run, many, run.live)
    await setTimeout(REST_MS)
    const residentLoaded = residentBytes(many.daxd.pid)
    const samples = await runRounds(run, { few, many })
    const restarts = await restartAll(run, { few, many })
    return { findings: findings(run, { many, residentLoaded, samples, restarts }), samples }
  } finally {
    for (const { daxd } of stages) await daxd.stop()
  }
}

async function startStage(run: BenchRun, name: 'few' | 'many'): Promise<Stage> {
  const count = Math.min(DEVICES_MAX, Math.ceil(run.live / MAPPINGS_A_DEVICE))
  // Half as much again as the mappings take, whole GiB: holes remain, and the load has room.
  const gib = Math.ceil((run.live / count) * (LENGTH / 2 ** 30) * 1.5) + 1
  const size = gib * 2 ** 30
  const topology = run.directory.topology(REGIONS, Math.ceil(count / REGIONS) * size)
  const directory = join(run.directory.path, name)
  const restart = () => startDaxd({ directory, topology })
  run.progress(`scale: starting daxd (${name}) and making ${count} devices`)
  const daxd = await restart()
  const wanted = { count, size, regions: REGIONS }
  const handles = await createDaxdClient(daxd.port).openDevices(wanted)
  await setTimeout(REST_MS)
  return { daxd, restart, handles, residentEmpty: residentBytes(daxd.pid) }
}

/**
 * Makes mappings and takes every fourth away again, so that the devices are full of holes, as
 * after a long life.
 */
async function fill(run: BenchRun, { daxd, handles }: Stage, live: number): Promise<void> {
  const client = createDaxdClient(daxd.port)
  const kept = BATCH_OPERATIONS - BATCH_OPERATIONS / UNMAPPED_OF
  const batches = Math.ceil(live / kept)
  let next = 0
  const worker = async () => {
    for (let turn = next++; turn < batches; turn = next++) {
      const wanted = Math.min(kept, live - turn * kept)
      const made = Math.floor((wanted * UNMAPPED_OF) / (UNMAPPED_OF - 1))
      const ids = await client.batch(
        Array.from({ length: made }, (_, at) => ({
          op: 'map',
          handle: handles[(turn * BATCH_OPERATIONS + at) % handles.length],
          length: LENGTH,
        })),
      )
      const gone = ids.slice(0, made - wanted)
      if (gone.length > 0) await client.batch(gone.map((id) => ({ op: 'unmap', id })))
      if (turn % PROGRESS_EVERY_BATCHES === 0) run.progress(`scale: ${turn * kept} of ${live} live`)
    }
  }
  await Promise.all(Array.from({ length: BATCHES_AT_ONCE }, worker))
}

type Samples = Record<'few' | 'many', Sample[]>

async function runRounds(run: BenchRun, stages: Record<keyof Samples, Stage>): Promise<Samples> {
  const samples: Samples = { few: [], many: [] }
  const names = ['few', 'many'] as const
  const workOf = (name: keyof Samples) =>
    ({ kind: 'map-unmap', handles: stages[name].handles, length: LENGTH }) as const
  for (const name of names) {
    run.progress(`warming up: ${name} live`)
    await warmUp(run.load, stages[name].daxd, { ...run.window, work: workOf(name) })
  }
  for (let round = 1; round <= run.rounds; round += 1) {
    for (const name of names) {
      const { daxd } = stages[name]
      const work = workOf(name)
      const sample = await measure(run.load, daxd, { ...run.window, work })
      samples[name].push(sample)
      run.progress(
        `round ${round}/${run.rounds} ${name} live: ${sample.cpuUs.toFixed(1)} us CPU a request, ` +
          `${Math.round(sample.ratePerSecond)} requests/s`,
      )
    }
  }
  return samples
}

interface Restarts {
  readonly cleanMs: readonly number[]
  readonly cleanCpuMs: readonly number[]
  readonly killedMs: number
  readonly residentMany: number
  readonly residentFew: number
}

async function restartAll(
  run: BenchRun,
  { few, many }: Record<keyof Samples, Stage>,
): Promise<Restarts> {
  const cleanMs: number[] = []
  const cleanCpuMs: number[] = []
  for (let turn = 0; turn < RESTARTS; turn += 1) {
    await many.daxd.stop()
    many.daxd = await many.restart()
    cleanMs.push(many.daxd.readyMs)
    cleanCpuMs.push(many.daxd.readyCpuMs)
    run.progress(`scale: restarted in ${Math.round(many.daxd.readyMs)} ms`)
  }
  await few.daxd.stop()
  few.daxd = await few.restart()
  await setTimeout(REST_MS)
  const residentMany = residentBytes(many.daxd.pid)
  const residentFew = residentBytes(few.daxd.pid)
  const live = await createDaxdClient(many.daxd.port).metric('daxd_objects{kind="mapping"}')
  if (live !== run.live) throw new Error(`${live} mappings came back of ${run.live}`)
  await many.daxd.kill()
  many.daxd = await many.restart()
  return { cleanMs, cleanCpuMs, killedMs: many.daxd.readyMs, residentMany, residentFew }
}

function findings(
  { live }: BenchRun,
  found: { many: Stage; residentLoaded: number; samples: Samples; restarts: Restarts },
): Finding[] {
  const { many, residentLoaded, samples, restarts } = found
  const cpu = (name: keyof Samples) => samples[name].map(({ cpuUs }) => cpuUs)
  const loadedBytes = (residentLoaded - many.residentEmpty) / live
  const restartedBytes = (restarts.residentMany - restarts.residentFew) / (live - FEW_LIVE)
  const seconds = (ms: number) => (ms / 1000).toFixed(1)
  const isComparable = live >= LIVE_OF_TARGET
  return [
    {
      id: 'scaleCpu',
      value: median(ratios(cpu('many'), cpu('few'))),
      note: `${median(cpu('many')).toFixed(1)} us / ${median(cpu('few')).toFixed(1)} us, ${live} live`,
      isComparable,
    },
    {
      id: 'memory',
      value: Math.max(loadedBytes, restartedBytes),
      note:
        `the larger of ${Math.round(loadedBytes)} B after they were made and ` +
        `${Math.round(restartedBytes)} B after a restart, ${live} live`,
      isComparable,
    },
    {
      id: 'restart',
      value: median(restarts.cleanMs) / 1000,
      note:
        `from the start of the process until /readyz says yes, ${live} live, ` +
        `${restarts.cleanMs.map(seconds).join(', ')} s with ` +
        `${seconds(median(restarts.cleanCpuMs))} s of CPU; after SIGKILL ${seconds(restarts.killedMs)} s`,
      isComparable,
    },
  ]
}
