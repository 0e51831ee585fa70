import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { DaxError } from '../core/errors.ts'
import { AUDIT_VERSION, readLinks, verifyChain } from './audit-rows.ts'
import { BUSY_TIMEOUT_MS } from './examine-ledger.ts'
import { isDamage } from './ledger-damage.ts'
import { ledgerPath } from './ledger-files.ts'
import { readPragma } from './pragma.ts'
import { isSoundRecord } from './row-sum.ts'
import { describeError, openFailure } from './sqlite-error.ts'

export interface LedgerExport {
  /** Takes one record as a line of JSON, without its line end. */
  readonly line: (text: string) => void
  /** Is told of each record that was left out, and of the end where no more can be read. */
  readonly problem: (text: string) => void
}

/**
 * Gives every record that is what was written, in the order of writing, as `{ kind, id, revision,
 * body }`, then the audit as `{ kind: "audit", number, hash, body }`; events are not exported. What
 * is damaged is told, and records left out, so that a ledger which the daemon refuses still gives
 * what is left of it. Changes nothing in the file.
 * @throws DaxError `busy` while a daemon runs on it, `ledger_failed` when it cannot be opened.
 */
export function exportLedger(directory: string, to: LedgerExport): void {
  const path = ledgerPath(directory)
  if (!existsSync(path)) throw new DaxError('ledger_failed', `There is no ledger ${path}.`)
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
    for (const row of database.prepare('SELECT * FROM records ORDER BY seq').iterate()) {
      const { kind, id, revision, body } = row
      if (!isSoundRecord(row)) {
        to.problem(`the ${String(kind)} '${String(id)}' does not match its checksum`)
        continue
      }
      const named = JSON.stringify({ kind, id, revision }).slice(0, -1)
      to.line(`${named},"body":${asJson(String(body))}}`)
    }
    exportAudit(database, to)
  } catch (error) {
    if (!isDamage(error)) throw openFailure(path, error)
    to.problem(describeError(error))
  } finally {
    database?.close()
  }
}

function exportAudit(database: DatabaseSync, to: LedgerExport): void {
  if (readPragma(database, 'user_version') < AUDIT_VERSION) return
  const { broken } = verifyChain(database, null)
  if (broken !== null) to.problem(`the audit's entry ${broken.number}: ${broken.reason}`)
  for (const { number, text, hash } of readLinks(database)) {
    to.line(`{"kind":"audit","number":${number},"hash":"${hash}","body":${asJson(text)}}`)
  }
}

/** A body is given as the very JSON that is kept; the few that are plain text become a string. */
function asJson(body: string): string {
  try {
    JSON.parse(body)
    return body
  } catch {
    return JSON.stringify(body)
  }
}
