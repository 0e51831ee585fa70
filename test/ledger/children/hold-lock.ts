/** Takes a state directory, says so, and keeps it until it is killed. */
import { writeSync } from 'node:fs'
import { lockStateDirectory } from '../../../src/ledger/state-lock.ts'

const [directory = ''] = process.argv.slice(2)
lockStateDirectory(directory)
// What nobody refers to is collected now; the lock must outlive it.
globalThis.gc?.()
writeSync(1, 'locked\n')
setInterval(() => undefined, 1_000)
