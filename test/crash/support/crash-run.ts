import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { randomFrom } from '../../ledger/batches.ts'
import { type Check, checkAfterCrash } from './check.ts'
import { live, type Stage, watchLists } from './client.ts'
import { type DaemonProcess, launchDaemon } from './daemon-process.ts'
import { createWitness, type Witness, watchEvents } from './events.ts'
import { type Instant, planRound } from './plan.ts'
import type { Random } from './random.ts'
import type { ClientRecord } from './record.ts'
import { createClient, createShared } from './setting.ts'
import { sumOf, type Tally } from './tally.ts'

export interface CrashOptions {
  readonly seed: number
  /** SIGKILLs, those of starts included. */
  readonly kills: number
  readonly clients?: number
  /** Each life ends at this success, instead of at an instant of the seed's choice. */
  readonly lifeSuccesses?: number
  /** Told after each round. */
  readonly onRound?: (figures: Figures) => void
  /** What a test does to the state directory between a kill and the next start. */
  readonly whileDown?: (directory: string, round: number) => void
}

export interface Figures {
  readonly kills: number
  /** Of these, while daxd started. */
  readonly startKills: number
  readonly rounds: number
  readonly calls: number
  readonly successes: number
  readonly events: number
  /** Calls without an answer, by what the next start showed of them. */
  readonly happened: number
  readonly absent: number
  readonly unknown: number
  /** Successes and refusals of each kind of call, over all clients. */
  readonly tally: Tally
}

export interface CrashReport {
  readonly seed: number
  readonly figures: Figures
  /** What contradicts the contract; empty when all is well. */
  readonly faults: readonly string[]
  /** What is known of the objects that the faults name. */
  readonly story: readonly string[]
  /** Kept when there are faults, else gone. */
  readonly directory: string
  /** The last look and the records it was held against, for tests of the checks. */
  readonly last: Check | null
}

const CLIENTS = 6
/** A life in which nothing succeeds any more ends all the same. */
const LIFE_MAX_MS = 20_000
/** Short lives are over long before, on however slow a machine. */
const ENDS_MAX_MS = 60_000
const ENDS_PAUSE_MS = 200
/** Seeds of one round's clients, reader and plan lie this far from the next round's. */
const SEEDS_PER_ROUND = 64

interface Run {
  readonly options: CrashOptions
  readonly directory: string
  readonly witness: Witness
  readonly clients: ClientRecord[]
  readonly shared: string
  daemon: DaemonProcess
  url: string
  /** Ends with the daemon that it watches. */
  watcher: Promise<void>
  /** How long the last start took, so that starts can be cut short. */
  startMs: number
  figures: Figures
}

/** Kills daxd again and again under load, and checks after each start what it shows. */
export async function crashRun(options: CrashOptions): Promise<CrashReport> {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-crash-'))
  const daemon = launchDaemon(directory)
  const run: { current: Run | null } = { current: null }
  let last: Check | null = null
  try {
    run.current = await begin(options, directory, daemon)
    last = await rounds(run.current)
  } catch (error) {
    const failure = error instanceof Error ? (error.stack ?? error.message) : String(error)
    last = { faults: [failure], story: [], evidence: null, resolved: [] }
  } finally {
    await (run.current?.daemon ?? daemon).end('SIGKILL')
  }
  const faults = last?.faults ?? []
  if (faults.length === 0) rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
  const figures = run.current?.figures ?? NO_FIGURES
  return { seed: options.seed, figures, faults, story: last?.story ?? [], directory, last }
}

const NO_FIGURES: Figures = {
  kills: 0,
  startKills: 0,
  rounds: 0,
  calls: 0,
  successes: 0,
  events: 0,
  happened: 0,
  absent: 0,
  unknown: 0,
  tally: {},
}

async function begin(
  options: CrashOptions,
  directory: string,
  daemon: DaemonProcess,
): Promise<Run> {
  const started = performance.now()
  const url = await daemon.listening
  const startMs = performance.now() - started
  const shared = await createShared(url)
  const clients: ClientRecord[] = []
  for (let at = 0; at < (options.clients ?? CLIENTS); at += 1) {
    clients.push(await createClient(url, `c${at}`))
  }
  const witness = createWitness()
  const watcher = watchEvents(url, witness)
  const figures = NO_FIGURES
  return { options, directory, witness, clients, shared, daemon, url, watcher, startMs, figures }
}

async function rounds(run: Run): Promise<Check | null> {
  const { options } = run
  let last: Check | null = null
  for (let round = 0; run.figures.kills < options.kills; round += 1) {
    const seed = options.seed + round * SEEDS_PER_ROUND
    const random = randomFrom(seed)
    const plan = planRound(random)
    const { lifeSuccesses: count } = options
    await liveAndDie(
      run,
      seed,
      count === undefined ? plan.kill : { at: 'success', count, thenMs: 0 },
    )
    for (const share of plan.startKills) {
      if (run.figures.kills < options.kills) await dieStarting(run, share)
    }
    options.whileDown?.(run.directory, round)
    await start(run)
    last = await check(run, random)
    options.onRound?.(run.figures)
    if (last.faults.length > 0) return last
  }
  return checkEnds(run, randomFrom(options.seed))
}

/** Nothing outlives its time for good: short leases end, and all that lived by them goes along. */
async function checkEnds(run: Run, random: Random): Promise<Check> {
  const isMortal = ({ mortal }: { readonly mortal: boolean }): boolean => mortal
  const deadline = performance.now() + ENDS_MAX_MS
  for (;;) {
    const last = await check(run, random)
    const left = run.clients.flatMap(({ there }) => [...there.values()].filter(isMortal))
    if (left.length === 0 || last.faults.length > 0) return last
    if (performance.now() > deadline) {
      const late = left.map(({ kind, key, id }) => `${kind} ${key} (${id}) has outlived its time`)
      return { ...last, faults: late }
    }
    await sleep(ENDS_PAUSE_MS)
  }
}

async function liveAndDie(run: Run, seed: number, kill: Instant): Promise<void> {
  const { witness, url, shared, daemon, clients } = run
  const instant = alarm(kill)
  const stage: Stage = { url, shared, witness, onSuccess: () => instant.count() }
  const ending = instant.rings.then(() => daemon.end('SIGKILL'))
  const lives = clients.map((record, at) => live(stage, record, randomFrom(seed + 1 + at)))
  const reader = watchLists(stage, randomFrom(seed + SEEDS_PER_ROUND - 1))
  await Promise.all([ending, ...lives, reader, run.watcher])
  run.figures = { ...run.figures, kills: run.figures.kills + 1, rounds: run.figures.rounds + 1 }
}

/** Rings at the planned instant; at a success, before its client does anything else. */
function alarm(kill: Instant): { readonly rings: Promise<void>; count(): void } {
  let left = kill.at === 'success' ? kill.count : Number.POSITIVE_INFINITY
  let ring: () => void = () => undefined
  const rings = new Promise<void>((resolve) => {
    ring = resolve
  })
  const timers = [setTimeout(ring, kill.at === 'time' ? kill.ms : LIFE_MAX_MS)]
  void rings.then(() => timers.forEach(clearTimeout))
  const reach = (): void => {
    const thenMs = kill.at === 'success' ? kill.thenMs : 0
    if (thenMs === 0) ring()
    else timers.push(setTimeout(ring, thenMs))
  }
  if (left === 0) reach()
  return {
    rings,
    count() {
      left -= 1
      if (left === 0) reach()
    },
  }
}

async function dieStarting(run: Run, share: number): Promise<void> {
  const daemon = launchDaemon(run.directory)
  run.daemon = daemon
  await sleep(run.startMs * share)
  await daemon.end('SIGKILL')
  const { kills, startKills } = run.figures
  run.figures = { ...run.figures, kills: kills + 1, startKills: startKills + 1 }
}

async function start(run: Run): Promise<void> {
  const started = performance.now()
  run.daemon = launchDaemon(run.directory)
  run.url = await run.daemon.listening
  run.startMs = performance.now() - started
  run.watcher = watchEvents(run.url, run.witness)
}

async function check(run: Run, random: Random): Promise<Check> {
  const { url, witness, clients, daemon, shared } = run
  const stage: Stage = { url, shared, witness, onSuccess: () => undefined }
  const found = await checkAfterCrash(stage, clients, random)
  const errors = daemon.log.filter(({ level }) => level >= 50)
  const counted = (happened: boolean | null): number =>
    found.resolved.filter((one) => one.happened === happened).length
  const { figures } = run
  run.figures = {
    ...figures,
    calls: clients.reduce((sum, { calls }) => sum + calls, 0),
    successes: clients.reduce((sum, { successes }) => sum + successes, 0),
    events: figures.events + (found.evidence?.collected.length ?? 0),
    happened: figures.happened + counted(true),
    absent: figures.absent + counted(false),
    unknown: figures.unknown + counted(null),
    tally: sumOf(clients.map(({ tally }) => tally)),
  }
  return { ...found, faults: [...found.faults, ...errors.map((line) => JSON.stringify(line))] }
}
