import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { DaxError } from '../core/errors.ts'
import type { AuditFilter, AuditLink, AuditVerdict } from '../ports/audit.ts'
import { auditFilter } from './audit-filter.ts'
import { AUDIT_VERSION, readLinks, verifyChain } from './audit-rows.ts'
import { BUSY_TIMEOUT_MS } from './examine-ledger.ts'
import { isDamage } from './ledger-damage.ts'
import { readPragma } from './pragma.ts'
import { describeError, openFailure } from './sqlite-error.ts'

/**
 * Looks at every link of the audit of a stopped daemon's ledger, or of a backup; changes nothing.
 * @throws DaxError `busy` while a daemon runs on it; `ledger_failed` when there is no ledger, or
 * none with an audit, or it cannot be opened.
 */
export function verifyAuditFile(path: string, expectedHash: string | null): AuditVerdict {
  return withAudit(path, (database) => verifyChain(database, expectedHash))
}

/** Gives the entries that a filter wants, in order; otherwise as {@link verifyAuditFile}. */
export function listAuditFile(
  path: string,
  filter: AuditFilter,
  take: (link: AuditLink) => void,
): void {
  withAudit(path, (database) => {
    const isWanted = auditFilter(filter)
    for (const link of readLinks(database)) if (isWanted(link)) take(link)
  })
}

function withAudit<T>(path: string, work: (database: DatabaseSync) => T): T {
  if (!existsSync(path)) throw new DaxError('ledger_failed', `There is no ledger ${path}.`)
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
    if (readPragma(database, 'user_version') >= AUDIT_VERSION) return work(database)
    const detail = `The ledger ${path} is of a daxd that kept no audit; serve with this one first.`
    throw new DaxError('ledger_failed', detail)
  } catch (error) {
    if (!isDamage(error)) throw openFailure(path, error)
    const detail = `The ledger ${path} cannot be read: ${describeError(error)}.`
    throw new DaxError('ledger_failed', detail, {}, error)
  } finally {
    database?.close()
  }
}
