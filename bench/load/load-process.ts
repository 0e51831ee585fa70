import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { LoadMessage, LoadOrder, LoadResult } from './messages.ts'

const CLIENT = fileURLToPath(new URL('./client.ts', import.meta.url))

/** The process that makes the load, beside the servers and beside the benchmark. */
export interface LoadProcess {
  /**
   * Runs one order. `atEdge` is called at both ends of the measured time and its two answers are
   * handed back: what was used in between is their difference.
   * @throws Error when the server refused anything.
   */
  run<T>(order: LoadOrder, atEdge: () => T): Promise<{ result: LoadResult; edges: [T, T] }>
  stop(): void
}

/** Starts the load process; it serves one order at a time. */
export function startLoadProcess(): LoadProcess {
  const child = fork(CLIENT, { execArgv: [] })
  return {
    run: (order, atEdge) => runOrder(child, order, atEdge),
    stop() {
      if (child.connected) child.disconnect()
    },
  }
}

function runOrder<T>(
  child: ChildProcess,
  order: LoadOrder,
  atEdge: () => T,
): Promise<{ result: LoadResult; edges: [T, T] }> {
  return new Promise((resolve, reject) => {
    let before: T
    let found: { result: LoadResult; edges: [T, T] } | undefined
    const settle = (act: () => void) => {
      child.off('message', onMessage)
      child.off('exit', onExit)
      act()
    }
    const onExit = () => settle(() => reject(new Error('the load process ended')))
    const onMessage = (message: LoadMessage) => {
      if (message.tell === 'measuring') before = atEdge()
      else if (message.tell === 'measured') {
        found = { result: message.result, edges: [before, atEdge()] }
      } else if (message.tell === 'failed') settle(() => reject(new Error(message.reason)))
      else if (found !== undefined) {
        const whole = found
        settle(() => resolve(whole))
      }
    }
    child.on('message', onMessage)
    child.on('exit', onExit)
    child.send(order)
  })
}
