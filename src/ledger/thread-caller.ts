import type { Worker } from 'node:worker_threads'
import { DaxError } from '../core/errors.ts'
import { invariant } from '../core/invariant.ts'
import type { Answers, Reply, Request } from './thread-messages.ts'

/** The ledger's thread, as the main thread sees it. */
export interface ThreadCaller {
  /**
   * Asks the thread; answers come in the order of asking.
   * @throws DaxError what the thread refused with; `ledger_failed` when the thread is gone.
   */
  ask<Ask extends Request['ask']>(request: Extract<Request, { ask: Ask }>): Promise<Answers[Ask]>
  /** Resolves when the thread has ended, for whatever reason. */
  readonly ended: Promise<void>
}

interface Waiter {
  resolve(answer: unknown): void
  reject(error: DaxError): void
}

/** Turns a thread's messages into answers; a thread that dies fails whoever waits and asks. */
export function createThreadCaller(worker: Worker): ThreadCaller {
  const waiters: Waiter[] = []
  let gone: DaxError | undefined

  function end(cause?: unknown): void {
    gone ??= new DaxError('ledger_failed', 'The thread of the ledger has ended.', {}, cause)
    for (const waiter of waiters.splice(0)) waiter.reject(gone)
  }

  const ended = new Promise<void>((resolve) => {
    worker.on('exit', () => {
      end()
      resolve()
    })
  })
  worker.on('error', end)
  worker.on('messageerror', end)
  worker.on('message', (reply: Reply) => {
    const waiter = waiters.shift()
    invariant(waiter !== undefined, 'the thread speaks only when asked')
    if (reply.ok) waiter.resolve(reply.answer)
    else waiter.reject(toDaxError(reply.failure))
  })

  return {
    ask(request) {
      if (gone !== undefined) return Promise.reject(gone)
      return new Promise((resolve, reject) => {
        waiters.push({ resolve: resolve as Waiter['resolve'], reject })
        worker.postMessage(request)
      })
    },
    ended,
  }
}

function toDaxError(failure: Extract<Reply, { ok: false }>['failure']): DaxError {
  return new DaxError(failure.code, failure.detail, {}, failure.cause)
}
