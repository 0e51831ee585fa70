/** The ledger's thread: the one place where SQLite is called while the service runs. */
import { parentPort, workerData } from 'node:worker_threads'
import { DaxError } from '../core/errors.ts'
import { invariant } from '../core/invariant.ts'
import { describeError } from './sqlite-error.ts'
import { createThreadLedger } from './thread-ledger.ts'
import type { Reply, Request, ThreadSettings } from './thread-messages.ts'

const port = parentPort
invariant(port !== null, 'the ledger runs in a thread of its own')
const ledger = createThreadLedger(workerData as ThreadSettings)

port.on('message', (request: Request) => {
  port.postMessage(replyTo(request))
  // The answer is on its way: nobody waits for the checkpoint.
  if (request.ask === 'commit') ledger.tidy()
  if (request.ask === 'close') port.close()
})

function replyTo(request: Request): Reply {
  try {
    return { ok: true, answer: ledger.answer(request) }
  } catch (error) {
    if (!(error instanceof DaxError)) throw error
    const { code, message, cause } = error
    // An Error loses its own members on the way; its message keeps what SQLite said.
    const told = cause === undefined ? undefined : new Error(describeError(cause), { cause })
    return { ok: false, failure: { code, detail: message, cause: told } }
  }
}
