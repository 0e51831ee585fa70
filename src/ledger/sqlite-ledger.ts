import { Worker } from 'node:worker_threads'
import { invariant } from '../core/invariant.ts'
import type { Ledger } from '../ports/ledger.ts'
import { AUDIT_KEPT } from './audit-chain.ts'
import { createLedgerClient } from './ledger-client.ts'
import type { LedgerLogger } from './ledger-logger.ts'
import { createThreadCaller } from './thread-caller.ts'
import type { ThreadSettings } from './thread-messages.ts'

/**
 * V8's own choice for the thread's young generation is 96 MiB. What crosses to the thread is dead
 * with its commit, so a quarter of that costs no more CPU and leaves the rest to the mappings.
 */
const YOUNG_GENERATION_MIB = 24

export interface SqliteLedgerOptions {
  /** An existing directory that nobody else uses: see `lockStateDirectory`. */
  readonly directory: string
  /** How many of the newest events are kept. */
  readonly eventsKept: number
  /** How many of the newest audit entries are kept; {@link AUDIT_KEPT} by default. */
  readonly auditKept?: number
  /** Milliseconds that each commit waits before its end, to rehearse a slow disk. */
  readonly commitStallMs?: number
  readonly logger?: LedgerLogger
}

/**
 * Opens the durable ledger `<directory>/ledger.db`, or makes it, in a thread of its own.
 * @throws DaxError `ledger_failed` when it is damaged, foreign, newer than we are or unreadable,
 * in a sentence that says what to do, and then unchanged; `ledger_full`; `busy` when it is open
 * elsewhere.
 */
export async function openSqliteLedger(options: SqliteLedgerOptions): Promise<Ledger> {
  const { directory, eventsKept, auditKept = AUDIT_KEPT, commitStallMs = 0, logger } = options
  invariant(eventsKept >= 1, 'at least one event is kept', eventsKept)
  invariant(auditKept >= 1, 'at least one entry is kept', auditKept)
  invariant(commitStallMs >= 0, 'a stall is not negative', commitStallMs)
  const workerData: ThreadSettings = { directory, eventsKept, auditKept, commitStallMs }
  const entry = new URL('./sqlite-worker.ts', import.meta.url)
  const worker = new Worker(entry, {
    workerData,
    execArgv: [],
    name: 'daxd-ledger',
    resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MIB },
  })
  const caller = createThreadCaller(worker)
  try {
    const head = await caller.ask({ ask: 'open' })
    const { lastRevision, clean, eventCount } = head
    logger?.info({ lastRevision, cleanEnd: clean, eventCount }, 'ledger opened')
    return createLedgerClient({ caller, lastRevision, ...(logger && { logger }) })
  } catch (error) {
    await worker.terminate()
    throw error
  }
}
