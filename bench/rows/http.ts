/**
 * The rows that compare requests. All servers are up at once and are loaded in turns, round after
 * round, so that what disturbs the machine disturbs all of them alike.
 */
import { createDaxdClient } from '../host/daxd-client.ts'
import type { DaxdProcess } from '../host/daxd-process.ts'
import { median, ratios } from '../report/figures.ts'
import type { Finding } from '../report/targets.ts'
import type { BenchRun, Found } from './bench-run.ts'
import {
  type HttpSubjects,
  STALL_MS,
  type SubjectName,
  startHttpSubjects,
} from './http-subjects.ts'
import { measure, type Sample, warmUp } from './measure.ts'

/** What the rounds gave. */
interface Rounds {
  readonly samples: Readonly<Partial<Record<SubjectName, Sample[]>>>
  readonly recordsPerFsync: readonly number[]
  readonly loopDelaysMs: readonly number[]
}

/** Runs the groups `http`, `stall` and `postgres`, as far as they are wanted. */
export async function runHttpRows(run: BenchRun): Promise<Found> {
  const subjects = await startHttpSubjects(run)
  try {
    const rounds = await runRounds(run, subjects)
    const findings = [
      ...(run.groups.has('http') ? httpFindings(rounds) : []),
      ...(run.groups.has('stall') ? [stallFinding(rounds, run.window.connections)] : []),
    ]
    const remarks = run.groups.has('postgres') ? postgresRemarks(rounds, subjects) : []
    return { findings, samples: { ...rounds.samples }, remarks }
  } finally {
    await subjects.stop()
  }
}

async function runRounds(
  run: BenchRun,
  { subjects, daxd, stalled }: HttpSubjects,
): Promise<Rounds> {
  const samples: Partial<Record<SubjectName, Sample[]>> = {}
  const recordsPerFsync: number[] = []
  const loopDelaysMs: number[] = []
  for (const [name, { server, ...order }] of subjects) {
    run.progress(`warming up: ${name}`)
    await warmUp(run.load, server, { ...run.window, ...order })
  }
  for (let round = 1; round <= run.rounds; round += 1) {
    for (const [name, { server, ...order }] of subjects) {
      const before = name === 'map' ? await ledgerFigures(daxd) : null
      if (name === 'stalled') await stalled?.probe()
      const sample = await measure(run.load, server, { ...run.window, ...order })
      run.progress(`round ${round}/${run.rounds} ${name.padEnd(8)} ${briefly(sample)}`)
      const list = samples[name] ?? []
      samples[name] = list
      list.push(sample)
      if (before !== null) recordsPerFsync.push(quotient(before, await ledgerFigures(daxd)))
      if (name === 'stalled' && stalled) loopDelaysMs.push(await loopDelayOf(stalled))
    }
  }
  return { samples, recordsPerFsync, loopDelaysMs }
}

function briefly({ ratePerSecond, cpuUs, p99Ms, clientCores }: Sample): string {
  const rate = Math.round(ratePerSecond).toString().padStart(6)
  return (
    `${rate} requests/s, ${cpuUs.toFixed(1)} us CPU each, p99 ${p99Ms.toFixed(1)} ms, ` +
    `client ${clientCores.toFixed(2)} cores`
  )
}

interface LedgerFigures {
  readonly commits: number
  readonly records: number
}

async function ledgerFigures(daxd: DaxdProcess): Promise<LedgerFigures> {
  const client = createDaxdClient(daxd.port)
  return {
    commits: await client.metric('daxd_ledger_commits_total'),
    records: await client.metric('daxd_ledger_records_total'),
  }
}

function quotient(before: LedgerFigures, after: LedgerFigures): number {
  return (after.records - before.records) / (after.commits - before.commits)
}

/** @throws Error when no commit was stalled: the figure would say nothing. */
async function loopDelayOf(daxd: DaxdProcess): Promise<number> {
  const { loopDelayP99Ms, stalledThreads } = await daxd.probe()
  if (stalledThreads !== 1) throw new Error(`${stalledThreads} ledger threads were stalled, not 1`)
  return loopDelayP99Ms
}

function httpFindings({ samples, recordsPerFsync }: Rounds): Finding[] {
  const { bare = [], map = [], batch = [], get = [] } = samples
  const cpu = (list: readonly Sample[]) => list.map(({ cpuUs }) => cpuUs)
  const main = (list: readonly Sample[]) => list.map(({ mainCpuUs }) => mainCpuUs)
  const rate = (list: readonly Sample[]) => list.map(({ ratePerSecond }) => ratePerSecond)
  const p99 = (list: readonly Sample[]) => list.map(({ p99Ms }) => p99Ms)
  const perOperation = batch.map(({ cpuUsPerOperation }) => cpuUsPerOperation)
  return [
    {
      id: 'mapCpu',
      value: median(ratios(cpu(map), cpu(bare))),
      note:
        `${us(cpu(map))} / ${us(cpu(bare))}; the event loop's thread alone ` +
        `${us(main(map))} / ${us(main(bare))}: ${median(ratios(main(map), main(bare))).toFixed(2)}`,
    },
    {
      id: 'mapRate',
      value: median(ratios(rate(map), rate(bare))),
      note: `${perSecond(rate(map))} / ${perSecond(rate(bare))}`,
    },
    {
      id: 'mapP99',
      value: median(ratios(p99(map), p99(bare))),
      note: `${ms(p99(map))} / ${ms(p99(bare))}`,
    },
    {
      id: 'recordsPerFsync',
      value: median(recordsPerFsync),
      note: 'a count; a slower disk gathers more',
    },
    {
      id: 'batchCpu',
      value: median(ratios(perOperation, cpu(map))),
      note: `${us(perOperation)} / ${us(cpu(map))}; ${operationRate(batch)} operations/s of 16 clients`,
    },
    {
      id: 'getRate',
      value: median(ratios(rate(get), rate(bare))),
      note:
        `${perSecond(rate(get))} / ${perSecond(rate(bare))}; ` +
        `CPU ${us(cpu(get))} / ${us(cpu(bare))}`,
    },
  ]
}

function stallFinding({ samples, loopDelaysMs }: Rounds, connections: number): Finding {
  const { stalled = [] } = samples
  const limit = connections / ((2 * STALL_MS) / 1000)
  const rate = stalled.map(({ ratePerSecond }) => ratePerSecond)
  return {
    id: 'loopDelay',
    value: median(loopDelaysMs),
    note:
      `${perSecond(rate)}; one commit in flight allows ${Math.round(limit)}; ` +
      `p99 of requests ${ms(stalled.map(({ p99Ms }) => p99Ms))}`,
  }
}

function postgresRemarks({ samples }: Rounds, { postgresMissing }: HttpSubjects): string[] {
  const { postgres = [], map = [] } = samples
  if (postgresMissing !== null) return [`PostgreSQL NOT RUN: ${postgresMissing}`]
  const cpu = median(
    ratios(
      postgres.map(({ cpuUs }) => cpuUs),
      map.map(({ cpuUs }) => cpuUs),
    ),
  )
  const rate = median(
    ratios(
      map.map(({ ratePerSecond }) => ratePerSecond),
      postgres.map(({ ratePerSecond }) => ratePerSecond),
    ),
  )
  return [
    `PostgreSQL rows under SELECT ... FOR UPDATE behind the same Fastify route: daxd answers ` +
      `${rate.toFixed(1)} times as many requests a second; PostgreSQL and its route take ` +
      `${cpu.toFixed(1)} times the CPU a request.`,
  ]
}

function us(values: readonly number[]): string {
  return `${median(values).toFixed(1)} us`
}

function ms(values: readonly number[]): string {
  return `${median(values).toFixed(1)} ms`
}

function perSecond(values: readonly number[]): string {
  return `${Math.round(median(values))} requests/s`
}

function operationRate(samples: readonly Sample[]): number {
  return Math.round(median(samples.map(({ operations, seconds }) => operations / seconds)))
}
