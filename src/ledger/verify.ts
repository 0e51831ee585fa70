import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { DaxError } from '../core/errors.ts'
import { AUDIT_VERSION, verifyChain } from './audit-rows.ts'
import { BUSY_TIMEOUT_MS, fileProblem, headProblem } from './examine-ledger.ts'
import { readHead } from './head.ts'
import { isDamage } from './ledger-damage.ts'
import { ledgerPath } from './ledger-files.ts'
import { pageProblems } from './page-problems.ts'
import { readPragma } from './pragma.ts'
import { isSoundEvent, isSoundGroup, isSoundRecord } from './row-sum.ts'
import { describeError, openFailure } from './sqlite-error.ts'

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
  /** How many entries of the audit are kept. */
  readonly audit: number
  readonly problems: readonly string[]
}

const PROBLEMS_MAX = 100

/**
 * Reads every page and every row of a state directory's ledger and checks it, changing nothing in
 * the file.
 * @throws DaxError `busy` while a daemon runs on it, `ledger_failed` when there is none or it
 * cannot be opened.
 */
export function verifyLedger(directory: string): LedgerReport {
  return verifyLedgerFile(ledgerPath(directory))
}

/** The same of a file with any name, such as a backup. */
export function verifyLedgerFile(path: string): LedgerReport {
  if (!existsSync(path)) throw new DaxError('ledger_failed', `There is no ledger ${path}.`)
  let database: DatabaseSync | undefined
  try {
    const report = emptyReport(path)
    const problem = fileProblem(path)
    if (problem !== null) return { ...report, problems: [problem] }
    database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
    return reportOn(database, report)
  } catch (error) {
    throw openFailure(path, error)
  } finally {
    database?.close()
  }
}

function emptyReport(path: string): LedgerReport {
  const nothing = { version: 0, lastRevision: 0, cleanEnd: false, records: {}, events: 0, audit: 0 }
  return { path, ...nothing, problems: [] }
}

/** Each part of the look goes as far as it can; damage ends that part and is one more problem. */
function reportOn(database: DatabaseSync, empty: LedgerReport): LedgerReport {
  const problems: string[] = []
  const parts: readonly ((problems: string[]) => Partial<LedgerReport>)[] = [
    (found) => lookAtPages(database, found),
    (found) => lookAtHead(database, found),
    (found) => lookAtRecords(database, found),
    (found) => lookAtEvents(database, found),
    (found) => lookAtAudit(database, found),
  ]
  const seen = parts.map((part) => {
    try {
      return part(problems)
    } catch (error) {
      if (!isDamage(error)) throw error
      problems.push(describeError(error))
      return {}
    }
  })
  const [pages, head, records, events, audit] = seen
  const all = [...new Set(problems)].slice(0, PROBLEMS_MAX)
  return { ...empty, ...pages, ...head, ...records, ...events, ...audit, problems: all }
}

function lookAtPages(database: DatabaseSync, problems: string[]): Partial<LedgerReport> {
  const version = readPragma(database, 'user_version')
  problems.push(...pageProblems(database, 'integrity_check', PROBLEMS_MAX))
  return { version }
}

function lookAtHead(database: DatabaseSync, problems: string[]): Partial<LedgerReport> {
  const { lastRevision, clean } = readHead(database)
  const problem = headProblem(database)
  if (problem !== null) problems.push(problem)
  return { lastRevision, cleanEnd: clean }
}

function lookAtRecords(database: DatabaseSync, problems: string[]): Partial<LedgerReport> {
  const records: Record<string, number> = {}
  for (const row of database.prepare('SELECT * FROM records ORDER BY seq').iterate()) {
    const kind = String(row['kind'])
    records[kind] = (records[kind] ?? 0) + 1
    if (!isSoundRecord(row)) {
      note(problems, `the ${kind} '${String(row['id'])}' does not match its checksum`)
    }
  }
  return { records }
}

function lookAtEvents(database: DatabaseSync, problems: string[]): Partial<LedgerReport> {
  let events = 0
  for (const row of database.prepare('SELECT * FROM events ORDER BY revision').iterate()) {
    const isGroup = row['body'] !== undefined
    events += isGroup ? Number(row['count']) : 1
    if (!(isGroup ? isSoundGroup(row) : isSoundEvent(row))) {
      note(problems, unsoundEvents(row))
    }
  }
  const { eventCount } = readHead(database)
  if (events !== eventCount) {
    problems.push(`${events} events are there, ${eventCount} are noted`)
  }
  return { events }
}

/** Events that share a row are lost together, so all of them are named. */
function unsoundEvents({ revision, count }: Readonly<Record<string, unknown>>): string {
  if (count === undefined || count === 1) return `the event ${revision} does not match its checksum`
  return `the ${count} events up to ${revision} do not match their checksum`
}

/** A ledger of an older schema has no audit. */
function lookAtAudit(database: DatabaseSync, problems: string[]): Partial<LedgerReport> {
  if (readPragma(database, 'user_version') < AUDIT_VERSION) return { audit: 0 }
  const { entries, broken } = verifyChain(database, null)
  if (broken !== null) problems.push(`the audit's entry ${broken.number}: ${broken.reason}`)
  return { audit: entries }
}

/** A file of garbage has as many problems as rows; a bounded list of them is enough to know. */
function note(problems: string[], problem: string): void {
  if (problems.length < PROBLEMS_MAX) problems.push(problem)
}
