import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { DaxError } from '../core/errors.ts'
import { BUSY_TIMEOUT_MS } from './examine-ledger.ts'
import { readHead } from './head.ts'
import { ledgerPath } from './ledger-files.ts'
import { readPragma } from './pragma.ts'
import { openFailure } from './sqlite-error.ts'

/** What a whole look at a ledger found; it is sound when `problems` is empty. */
export interface LedgerReport {
  readonly path: string
  /** Schema version. */
  readonly version: number
  readonly lastRevision: number
  /** The daemon ended in order. False after a crash, which by itself is no problem. */
  readonly cleanEnd: boolean
  /** How many records of each kind there are. */
  readonly records: Readonly<Record<string, number>>
  readonly events: number
  readonly problems: readonly string[]
}

const PROBLEMS_MAX = 100

/**
 * Reads every page of a ledger and checks it, changing nothing in the file.
 * @throws DaxError `busy` while a daemon runs on it, `ledger_failed` when it is missing or so
 * damaged that it cannot be read.
 */
export function verifyLedger(directory: string): LedgerReport {
  const path = ledgerPath(directory)
  if (!existsSync(path)) throw new DaxError('ledger_failed', `There is no ledger ${path}.`)
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
    return reportOn(database, path)
  } catch (error) {
    throw openFailure(path, error)
  } finally {
    database?.close()
  }
}

function reportOn(database: DatabaseSync, path: string): LedgerReport {
  const verdicts = database.prepare(`PRAGMA integrity_check(${PROBLEMS_MAX})`).all()
  const problems = verdicts.map((row) => String(Object.values(row)[0])).filter(isProblem)
  const head = readHead(database)
  const kinds = database.prepare('SELECT kind, count(*) AS count FROM records GROUP BY kind').all()
  const { events } = database.prepare('SELECT count(*) AS events FROM events').get() ?? {}
  if (events !== head.eventCount) {
    problems.push(`${String(events)} events are there, ${head.eventCount} are noted`)
  }
  return {
    path,
    version: readPragma(database, 'user_version'),
    lastRevision: head.lastRevision,
    cleanEnd: head.clean,
    records: Object.fromEntries(kinds.map(({ kind, count }) => [String(kind), Number(count)])),
    events: Number(events),
    problems,
  }
}

function isProblem(verdict: string): boolean {
  return verdict !== 'ok'
}
