/** Commits batches without end and prints the last revision of each once it was answered. */
import { writeSync } from 'node:fs'
import { openSqliteLedger } from '../../../src/ledger/sqlite-ledger.ts'
import { batchOf, randomFrom } from '../batches.ts'

const [directory = '', seed = '0'] = process.argv.slice(2)
const random = randomFrom(Number(seed))
const ledger = await openSqliteLedger({ directory, eventsKept: 1_000_000 })
for (;;) {
  const size = 1 + Math.floor(random() * 12)
  await ledger.commit(batchOf(ledger.lastRevision() + 1, size))
  writeSync(1, `${ledger.lastRevision()}\n`)
}
