import { DaxError } from '../core/errors.ts'
import type { Ledger, LedgerChange, LedgerRow } from '../ports/ledger.ts'
import { createTrailClient } from './audit-client.ts'
import { decodeRows, encodeChanges } from './change-batch.ts'
import { checkChanges } from './check-changes.ts'
import { checkEventsQuery } from './check-events-query.ts'
import type { LedgerLogger } from './ledger-logger.ts'
import type { ThreadCaller } from './thread-caller.ts'

export interface LedgerClientOptions {
  readonly caller: ThreadCaller
  readonly lastRevision: number
  readonly logger?: LedgerLogger
}

/**
 * The ledger of the main thread. Calls are carried out one by one in the order of calling. A commit
 * that was asked for before the refusal of an earlier one was known is refused with it, as it may
 * build on what was not kept. `ledger_failed` stays: every later commit rejects with the same.
 */
export function createLedgerClient(options: LedgerClientOptions): Ledger {
  const { caller, logger } = options
  const inTurn = createTurns()
  let lastRevision = options.lastRevision
  let refusal: { readonly count: number; readonly error?: DaxError } = { count: 0 }
  let failure: DaxError | undefined
  let closing: Promise<void> | undefined

  async function commitNow(
    changes: readonly LedgerChange[],
    audits: readonly string[],
    refusalsBefore: number,
  ) {
    if (failure !== undefined) throw failure
    if (refusal.error !== undefined && refusal.count !== refusalsBefore) throw refusal.error
    const highest = checkChanges(changes, lastRevision)
    if (changes.length === 0 && audits.length === 0) return
    try {
      await caller.ask({ ask: 'commit', batch: encodeChanges(changes), audits })
      lastRevision = highest
    } catch (error) {
      if (error instanceof DaxError) noteRefusal(error)
      throw error
    }
  }

  function noteRefusal(error: DaxError): void {
    refusal = { count: refusal.count + 1, error }
    if (error.code === 'ledger_full') return
    failure = error
    logger?.error({ err: error }, 'ledger failed: no change is taken before a restart')
  }

  async function closeNow(): Promise<void> {
    try {
      if (failure === undefined) await caller.ask({ ask: 'close' })
      else await caller.ask({ ask: 'close' }).catch(() => undefined)
    } finally {
      await caller.ended
    }
  }

  return {
    load: (take) => refuseClosed(closing) ?? inTurn(() => loadRows(caller, take)),
    lastRevision: () => lastRevision,
    commit(changes, audits = []) {
      const refusalsBefore = refusal.count
      return refuseClosed(closing) ?? inTurn(() => commitNow(changes, audits, refusalsBefore))
    },
    reply: (id) => refuseClosed(closing) ?? inTurn(() => caller.ask({ ask: 'reply', id })),
    events(after, limit) {
      const ask = () => {
        checkEventsQuery(after, limit)
        return caller.ask({ ask: 'events', after, limit })
      }
      return refuseClosed(closing) ?? inTurn(ask)
    },
    ...createTrailClient(caller, (run) => refuseClosed(closing) ?? inTurn(run)),
    close() {
      closing ??= inTurn(closeNow)
      return closing
    },
  }
}

/** Runs what it is given one after the other, whatever becomes of each. */
function createTurns(): <T>(run: () => Promise<T> | T) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (run) => {
    const result = last.then(run)
    last = result.catch(() => undefined)
    return result
  }
}

function refuseClosed(closing: Promise<void> | undefined): Promise<never> | undefined {
  if (closing === undefined) return undefined
  return Promise.reject(new DaxError('shutting_down', 'The ledger is closed.'))
}

/** Chunk by chunk; the thread reads the next one while this one is unpacked. */
async function loadRows(
  caller: ThreadCaller,
  take: (rows: readonly LedgerRow[]) => void,
): Promise<void> {
  let chunk = await caller.ask({ ask: 'rows', from: 0 })
  while (chunk.next !== null) {
    const following = caller.ask({ ask: 'rows', from: chunk.next })
    following.catch(() => undefined)
    take(decodeRows(chunk.cells))
    chunk = await following
  }
}
