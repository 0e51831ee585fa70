import { join } from 'node:path'
import { createDaxdClient } from '../host/daxd-client.ts'
import { type DaxdProcess, startDaxd } from '../host/daxd-process.ts'
import { startPostgres } from '../host/postgres.ts'
import { forkServer, type ServerProcess } from '../host/server-process.ts'
import type { WorkOrder } from '../load/work.ts'
import type { BenchRun } from './bench-run.ts'

const GIB = 2 ** 30
const LENGTH = 2 * 2 ** 20
const DEVICES = 16
const DEVICE_BYTES = 8 * GIB
const REGIONS = 4
const REGION_BYTES = (DEVICES / REGIONS + 1) * DEVICE_BYTES
const BATCH_OPERATIONS = 100
/**
 * Clients that send batches. With 64 of them 6,400 operations are under way at a time, which end
 * in bursts as long as a window, and whose cost then falls into the next one.
 */
const BATCH_CLIENTS = 16
/** Mappings that GET asks for, and that stand beside the ones that come and go. */
const STANDING_MAPPINGS = 1_000
export const STALL_MS = 5

export type SubjectName = 'bare' | 'map' | 'batch' | 'get' | 'stalled' | 'postgres'

/** A server and what is asked of it. */
export interface Subject {
  readonly server: ServerProcess
  readonly work: WorkOrder
  /** When it is not the run's. */
  readonly connections?: number
}

/** All that takes part in the rounds, up at the same time. */
export interface HttpSubjects {
  readonly subjects: ReadonlyMap<SubjectName, Subject>
  readonly daxd: DaxdProcess
  /** The daxd whose commits are stalled, when that group runs. */
  readonly stalled: DaxdProcess | undefined
  /** Why PostgreSQL does not take part; null when it does or was not wanted. */
  readonly postgresMissing: string | null
  stop(): Promise<void>
}

/** Starts the servers of the wanted groups; the bare one and daxd always. */
export async function startHttpSubjects(run: BenchRun): Promise<HttpSubjects> {
  const stops: (() => Promise<void>)[] = []
  const subjects = new Map<SubjectName, Subject>()
  const bare = await forkServer('bare')
  stops.push(bare.stop)
  const body = JSON.stringify({ handle: 'h-1', length: LENGTH })
  subjects.set('bare', { server: bare, work: { kind: 'post', path: '/v1/mappings', body } })
  const { daxd, handles } = await startWithDevices(run, 'http')
  stops.push(daxd.stop)
  const paths = await standingMappings(daxd, handles)
  const mapping = { handles, length: LENGTH }
  subjects.set('map', { server: daxd, work: { kind: 'map-unmap', ...mapping } })
  if (run.groups.has('http')) {
    const batch = { kind: 'batch', ...mapping, count: BATCH_OPERATIONS } as const
    subjects.set('batch', { server: daxd, work: batch, connections: BATCH_CLIENTS })
    subjects.set('get', { server: daxd, work: { kind: 'get', paths } })
  }
  const slow = run.groups.has('stall') ? await startWithDevices(run, 'stalled', STALL_MS) : null
  if (slow !== null) {
    stops.push(slow.daxd.stop)
    const work = { kind: 'map-unmap', handles: slow.handles, length: LENGTH } as const
    subjects.set('stalled', { server: slow.daxd, work })
  }
  const postgresMissing = await addPostgres(run, subjects, stops)
  return {
    subjects,
    daxd,
    stalled: slow?.daxd,
    postgresMissing,
    async stop() {
      for (const stop of stops.reverse()) await stop()
    },
  }
}

async function startWithDevices(
  run: BenchRun,
  name: string,
  commitStallMs?: number,
): Promise<{ daxd: DaxdProcess; handles: string[] }> {
  run.progress(`starting daxd (${name})`)
  const daxd = await startDaxd({
    directory: join(run.directory.path, name),
    topology: run.directory.topology(REGIONS, REGION_BYTES),
    ...(commitStallMs === undefined ? {} : { commitStallMs }),
  })
  const client = createDaxdClient(daxd.port)
  const wanted = { count: DEVICES, size: DEVICE_BYTES, regions: REGIONS }
  return { daxd, handles: await client.openDevices(wanted) }
}

async function standingMappings(daxd: DaxdProcess, handles: readonly string[]): Promise<string[]> {
  const operations = Array.from({ length: STANDING_MAPPINGS }, (_, at) => ({
    op: 'map',
    handle: handles[at % handles.length],
    length: LENGTH,
  }))
  const ids = await createDaxdClient(daxd.port).batch(operations)
  return ids.map((id) => `/v1/mappings/${id}`)
}

async function addPostgres(
  run: BenchRun,
  subjects: Map<SubjectName, Subject>,
  stops: (() => Promise<void>)[],
): Promise<string | null> {
  if (!run.groups.has('postgres')) return null
  run.progress('starting PostgreSQL')
  const cluster = await startPostgres(join(run.directory.path, 'postgres'))
  if (typeof cluster === 'string') return cluster
  stops.push(cluster.stop)
  const route = await forkServer('postgres-route', {
    DAXD_BENCH_POSTGRES: cluster.socketDirectory,
    DAXD_BENCH_DEVICES: String(DEVICES),
    DAXD_BENCH_DEVICE_BYTES: String(DEVICE_BYTES),
    DAXD_BENCH_STANDING: String(STANDING_MAPPINGS),
  })
  stops.push(route.stop)
  const server = { ...route, pids: () => [...route.pids(), ...cluster.pids()] }
  const handles = Array.from({ length: DEVICES }, (_, at) => `h-${at}`)
  subjects.set('postgres', { server, work: { kind: 'map-unmap', handles, length: LENGTH } })
  return null
}
