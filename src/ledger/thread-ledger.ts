import type { DatabaseSync } from 'node:sqlite'
import { DaxError } from '../core/errors.ts'
import { invariant, unreachable } from '../core/invariant.ts'
import { beginLook, faultAtEnd } from './audit-chain.ts'
import { type AuditTable, createAuditTable } from './audit-table.ts'
import { type ChainEnds, headOf } from './chain-ends.ts'
import type { ChangeBatch } from './change-batch.ts'
import { checkpoint, createLogGauge } from './checkpoint.ts'
import { watchLedgerFiles } from './files-in-place.ts'
import type { Head } from './head.ts'
import { readFailure } from './ledger-damage.ts'
import { openLedgerDatabase } from './ledger-database.ts'
import { ledgerPath } from './ledger-files.ts'
import { createLedgerReader, type LedgerReader } from './ledger-reader.ts'
import { createLedgerWriter, type LedgerWriter } from './ledger-writer.ts'
import { commitFailure, isNoRoom, openFailure } from './sqlite-error.ts'
import type { Answers, Request, ThreadSettings } from './thread-messages.ts'

/** Length of the log from which it is folded back: 4 MiB of pages of 4 KiB. */
const LOG_PAGES_MAX = 1_024

interface Opened {
  readonly database: DatabaseSync
  readonly reader: LedgerReader
  readonly writer: LedgerWriter
  readonly audit: AuditTable
  readonly checkFiles: () => void
  readonly logPages: () => number
}

/** The synchronous ledger inside the thread. */
export interface ThreadLedger {
  /** @throws DaxError `ledger_full`, `ledger_failed` or `busy`. */
  answer(request: Request): Answers[Request['ask']]
  /** What may be done after a commit was answered; its failure shows at the next commit. */
  tidy(): void
}

/**
 * One ledger, opened by the first request. After a failed write nothing is written again, because
 * what the disk then holds is unknown: a page whose fsync failed may be dropped by the kernel and
 * pass the next fsync (https://lwn.net/Articles/752063/). Only a lack of room is not such a failure.
 */
export function createThreadLedger(settings: ThreadSettings): ThreadLedger {
  const path = ledgerPath(settings.directory)
  let opened: Opened | undefined
  let failure: DaxError | undefined

  function guarded(write: (ledger: Opened) => void): void {
    if (failure !== undefined) throw failure
    invariant(opened !== undefined, 'the ledger is open')
    try {
      write(opened)
    } catch (error) {
      const told = commitFailure(error)
      if (told.code === 'ledger_failed') failure = told
      throw told
    }
  }

  function commit(batch: ChangeBatch, audits: readonly string[]): null {
    guarded(({ database, writer, checkFiles }) => {
      try {
        writer.commit(batch, audits)
      } catch (error) {
        if (!isNoRoom(error)) throw error
        // The commit is rolled back. The log's own room may be enough for it, once folded back.
        checkpoint(database, 'PASSIVE')
        writer.commit(batch, audits)
      }
      if (batch.cells.length > 0 || audits.length > 0) checkFiles()
    })
    return null
  }

  /** A ledger that cannot be loaded is left as it is: not even its end is noted in it. */
  function loaded<T>(read: () => T): T {
    try {
      return readable(path, read)
    } catch (error) {
      if (error instanceof DaxError) failure = error
      throw error
    }
  }

  function close(): null {
    try {
      if (opened !== undefined && failure === undefined) endCleanly(opened)
    } finally {
      opened?.database.close()
      opened = undefined
    }
    return null
  }

  function open(): Head {
    invariant(opened === undefined, 'the ledger is opened once')
    opened = openAll(settings)
    return opened.writer.head()
  }

  return {
    answer(request) {
      if (request.ask === 'open') return open()
      if (request.ask === 'close') return close()
      invariant(opened !== undefined, 'the ledger is open')
      const { reader, writer, audit } = opened
      switch (request.ask) {
        case 'commit':
          return commit(request.batch, request.audits)
        case 'rows':
          return loaded(() => reader.chunk(request.from))
        case 'reply':
          return readable(path, () => reader.reply(request.id))
        case 'events':
          return readable(path, () => reader.events(request.after, request.limit, writer.head()))
        case 'audit':
        case 'auditHead':
        case 'auditLook':
          return readable(path, () => answerOnAudit(audit, writer.head().audit, request))
        default:
          return unreachable(request)
      }
    },
    tidy() {
      try {
        guarded(({ database, logPages }) => {
          if (logPages() >= LOG_PAGES_MAX) checkpoint(database, 'PASSIVE')
        })
      } catch (error) {
        if (!(error instanceof DaxError)) throw error
      }
    },
  }
}

function openAll(settings: ThreadSettings): Opened {
  const { directory, eventsKept, auditKept, commitStallMs } = settings
  const database = openLedgerDatabase(directory)
  try {
    const beforeCommit = () => stallThread(commitStallMs)
    const writer = createLedgerWriter(database, { eventsKept, auditKept, beforeCommit })
    const checkFiles = watchLedgerFiles(ledgerPath(directory))
    const audit = createAuditTable(database)
    const logPages = createLogGauge(database)
    return { database, reader: createLedgerReader(database), writer, audit, checkFiles, logPages }
  } catch (error) {
    database.close()
    throw openFailure(ledgerPath(directory), error)
  }
}

type AuditAsk = 'audit' | 'auditHead' | 'auditLook'

function answerOnAudit(
  audit: AuditTable,
  ends: ChainEnds,
  request: Extract<Request, { ask: AuditAsk }>,
): Answers[AuditAsk] {
  if (request.ask === 'auditHead') return headOf(ends)
  if (request.ask === 'audit') return audit.page(request.query, ends)
  const { from, expectedHash } = request
  const look = audit.look(from ?? beginLook(ends, expectedHash), ends, expectedHash)
  const isMore = look.broken === null && look.number < ends.number && look.number !== from?.number
  if (isMore) return { look, head: null }
  return { look: { ...look, broken: faultAtEnd(look, ends) }, head: headOf(ends) }
}

function readable<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw readFailure(path, error)
  }
}

/** The note is a courtesy to the next start; a full disk must not keep the daemon from ending. */
function endCleanly({ writer, database }: Opened): void {
  try {
    writer.noteCleanEnd()
  } catch (error) {
    if (!isNoRoom(error)) throw commitFailure(error)
  }
  try {
    checkpoint(database, 'TRUNCATE')
  } catch (error) {
    throw commitFailure(error)
  }
}

function stallThread(stallMs: number): void {
  if (stallMs > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stallMs)
}
