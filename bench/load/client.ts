/** The load process: runs one order at a time for the benchmark that forked it. */
import { setTimeout } from 'node:timers/promises'
import { percentile } from '../report/figures.ts'
import { type Answer, openHttpConnection } from './http-connection.ts'
import type { LoadMessage, LoadOrder, LoadResult } from './messages.ts'
import { createWork, type Step } from './work.ts'

const FAILURE_STATUS = 300

interface Tally {
  requests: number
  operations: number
  latencies: number[]
}

process.on('message', (order: LoadOrder) => {
  run(order).catch((error: Error) => {
    const message: LoadMessage = { tell: 'failed', reason: error.message }
    // The other connections would go on for ever.
    process.send?.(message, () => process.exit(1))
  })
})

function tell(message: LoadMessage): void {
  process.send?.(message)
}

/**
 * Warms up, measures, and then lets each connection end what it has begun, so that every load
 * leaves the server as it was. Any refusal ends the run: its figures would mean nothing.
 */
async function run(order: LoadOrder): Promise<void> {
  const tally: Tally = { requests: 0, operations: 0, latencies: [] }
  const stop = { wanted: false }
  const connections = Array.from({ length: order.connections }, (_, index) =>
    loop(order, index, { tally, stop }),
  )
  const ended = Promise.all(connections)
  await Promise.race([setTimeout(order.warmUpMs), ended])
  tell({ tell: 'measuring' })
  Object.assign(tally, { requests: 0, operations: 0, latencies: [] })
  const cpu = process.cpuUsage()
  const began = performance.now()
  await Promise.race([setTimeout(order.measureMs), ended])
  const seconds = (performance.now() - began) / 1000
  tell({ tell: 'measured', result: resultOf({ ...tally }, seconds, process.cpuUsage(cpu)) })
  stop.wanted = true
  await ended
  tell({ tell: 'ended' })
}

function resultOf(tally: Tally, seconds: number, cpu: NodeJS.CpuUsage): LoadResult {
  const { requests, operations, latencies } = tally
  return {
    requests,
    operations,
    seconds,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    clientCpuUs: cpu.user + cpu.system,
  }
}

/** One connection, until a stop is wanted and its last request left nothing behind. */
function loop(
  order: LoadOrder,
  index: number,
  shared: { readonly tally: Tally; readonly stop: { readonly wanted: boolean } },
): Promise<void> {
  const work = createWork(order.work, index)
  const { tally, stop } = shared
  return new Promise((resolve, reject) => {
    let step: Step
    let began = 0
    const next = (answer: Answer | null) => {
      step = work(answer)
      began = performance.now()
      connection.send(step.text)
    }
    const connection = openHttpConnection(order.port, {
      open: () => next(null),
      error: reject,
      answer(answer) {
        if (answer.status >= FAILURE_STATUS) {
          reject(new Error(`refused: ${answer.status} ${answer.body}`))
          return
        }
        tally.requests += 1
        tally.operations += step.operations
        tally.latencies.push(performance.now() - began)
        if (!(stop.wanted && step.isLast)) return next(answer)
        connection.end()
        resolve()
      },
    })
  })
}
