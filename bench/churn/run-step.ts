import { setTimeout } from 'node:timers/promises'
import type { DaxdProcess } from '../host/daxd-process.ts'
import { openCaller } from './caller.ts'
import type { ChurnClient } from './churn-client.ts'
import type { EventReader } from './event-reader.ts'
import type { Fleet } from './fleet.ts'
import { cpuOf, type StepEdges } from './sample.ts'

const PROGRESS_MS = 5000

/** Says how far it is; runs of minutes must not look dead. */
export type Progress = (text: string) => void

/**
 * Drives daxd until so many operations are answered in all, then has every client let go of what
 * comes and goes. Connections are of this step alone, so that none is idle for long.
 * @throws Error of the first client that was answered what it may not be.
 */
export async function runStep(
  daxd: DaxdProcess,
  order: {
    readonly fleet: Fleet
    readonly reader: EventReader
    readonly until: number
    readonly progress: Progress
  },
): Promise<StepEdges> {
  const { fleet, reader, until, progress } = order
  const { tally } = fleet
  const began = performance.now()
  const [operations, before] = [tally.operations, cpuOf(daxd)]
  const failure: { error?: unknown } = {}
  const isOver = () => 'error' in failure || tally.operations >= until
  const telling = tellEvery(PROGRESS_MS, () => tally.operations, progress)
  const edges = { seconds: 0, after: before }
  const reading = reader.run()
  const working = fleet.clients.map((client) => work(daxd.port, client, isOver))
  for (const each of [...working, reading]) each.catch((error) => Object.assign(failure, { error }))
  while (!isOver()) await setTimeout(LOOK_AGAIN_MS)
  edges.seconds = (performance.now() - began) / 1000
  edges.after = cpuOf(daxd)
  const done = tally.operations - operations
  reader.stop()
  await Promise.allSettled([...working, reading])
  clearInterval(telling)
  if ('error' in failure) throw failure.error
  return { operations: done, seconds: edges.seconds, cpu: [before, edges.after] }
}

const LOOK_AGAIN_MS = 20

async function work(port: number, client: ChurnClient, isOver: () => boolean): Promise<void> {
  const caller = await openCaller(port)
  try {
    while (!isOver()) {
      await client.turn(caller)
      if (client.pauseMs > 0) await setTimeout(client.pauseMs)
    }
    await client.rest(caller)
  } catch (error) {
    throw new Error(`${client.name}: ${(error as Error).message}`)
  } finally {
    caller.end()
  }
}

function tellEvery(intervalMs: number, read: () => number, progress: Progress): NodeJS.Timeout {
  let [last, at] = [read(), performance.now()]
  return setInterval(() => {
    const [now, operations] = [performance.now(), read()]
    const rate = Math.round(((operations - last) / (now - at)) * 1000)
    progress(`${operations} operations, ${rate} operations/s`)
    last = operations
    at = now
  }, intervalMs)
}
