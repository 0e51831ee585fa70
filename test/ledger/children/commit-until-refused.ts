/** Commits until it is refused, commits once more, prints what it saw and waits to be killed. */
import { writeSync } from 'node:fs'
import { openSqliteLedger } from '../../../src/ledger/sqlite-ledger.ts'
import { loadAll } from '../../contract/ledger.ts'
import { batchOf } from '../batches.ts'

const BATCHES_MAX = 100_000

const [directory = ''] = process.argv.slice(2)
const ledger = await openSqliteLedger({ directory, eventsKept: 1_000_000 })
const refusals: unknown[] = []
for (let count = 0; count < BATCHES_MAX && refusals.length < 2; count += 1) {
  await ledger.commit(batchOf(ledger.lastRevision() + 1, 8)).catch((error) => refusals.push(error))
}
const [first, second] = refusals as { code?: string }[]
const rows = await loadAll(ledger)
const seen = {
  acked: ledger.lastRevision(),
  code: first?.code,
  sticky: first === second,
  rows: rows.length,
}
writeSync(1, `${JSON.stringify(seen)}\n`)
setInterval(() => undefined, 1_000)
