import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts'
import type { LedgerChange, LedgerRow } from '../../src/ports/ledger.ts'

/**
 * Changes the ledger of a daemon that is down by the ledger's own means, so that its checksums
 * hold, as time or another boot would have changed it.
 */
export async function editLedger(
  directory: string,
  edit: (rows: readonly LedgerRow[], nextRevision: number) => readonly LedgerChange[],
  eventsKept = 100_000,
): Promise<void> {
  const ledger = await openSqliteLedger({ directory, eventsKept })
  const rows: LedgerRow[] = []
  await ledger.load((some) => rows.push(...some))
  await ledger.commit(edit(rows, ledger.lastRevision() + 1))
  await ledger.close()
}

/** The boot that the ledger remembers becomes an earlier one. */
export function rememberEarlierBoot(directory: string): Promise<void> {
  return editLedger(directory, (_rows, revision) => [
    { kind: 'meta', id: 'boot_id', revision, body: 'an earlier boot' },
  ])
}
