import { closeSync, existsSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DaxError } from '../core/errors.ts'
import { invariant } from '../core/invariant.ts'
import { BUSY_TIMEOUT_MS, checkLedger, examineLedger } from './examine-ledger.ts'
import { fsyncPath, LEDGER_FILE_MODE, ledgerPath } from './ledger-files.ts'
import { MIGRATIONS, type Migration, migrate } from './migrations.ts'
import { openFailure } from './sqlite-error.ts'

const PAGE_BYTES = 4_096
const CACHE_KIB = 16_384
/** The log is cut back to this after a burst, once a checkpoint has emptied it. */
const LOG_BYTES_MAX = 67_108_864

/**
 * Opens the ledger of a state directory for writing, makes it when there is none, and brings its
 * schema up to date. The connection has the file for itself until it is closed.
 * @throws DaxError `ledger_failed` (one sentence: what, where, what to do), `ledger_full`, `busy`.
 */
export function openLedgerDatabase(
  directory: string,
  migrations: readonly Migration[] = MIGRATIONS,
): DatabaseSync {
  const path = ledgerPath(directory)
  try {
    if (!existsSync(path)) createLedgerFile(path, migrations)
    const examined = examineLedger(path, migrations.length)
    const database = connect(path)
    try {
      if (!examined) checkLedger(database, path, migrations.length)
      migrate(database, migrations)
      return database
    } catch (error) {
      database.close()
      throw error
    }
  } catch (error) {
    throw openFailure(path, error)
  }
}

/**
 * Builds the file under another name and renames it, so that a ledger is absent or whole: an empty
 * or half-made `ledger.db` is damage, never a fresh start that would forget every record.
 */
function createLedgerFile(path: string, migrations: readonly Migration[]): void {
  refuseOrphanedLog(path)
  const fresh = `${path}.new`
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(fresh + suffix, { force: true })
  closeSync(openSync(fresh, 'wx', LEDGER_FILE_MODE))
  const database = connect(fresh)
  try {
    migrate(database, migrations)
  } finally {
    database.close()
  }
  fsyncPath(fresh)
  renameSync(fresh, path)
  fsyncPath(dirname(path))
}

/** A log without its ledger holds changes that a new file of that name would take for its own. */
function refuseOrphanedLog(path: string): void {
  const log = `${path}-wal`
  if (!existsSync(log) || statSync(log).size === 0) return
  const advice = `put ${path} back beside it, or move the log away to start without records`
  throw new DaxError('ledger_failed', `The log ${log} has lost its ledger; ${advice}.`)
}

/**
 * Exclusive locking comes first: the log's index then lives in memory, so that neither a full disk
 * nor a foreign reader can stand in the way of a commit or a checkpoint. Checkpoints are ours
 * ({@link import('./checkpoint.ts')}), because SQLite swallows the errors of its automatic ones.
 * Memory-mapped reads stay off: an I/O error must be an error, not a SIGBUS.
 */
function connect(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS })
  try {
    database.exec(`
      PRAGMA locking_mode = EXCLUSIVE;
      PRAGMA page_size = ${PAGE_BYTES};
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      PRAGMA wal_autocheckpoint = 0;
      PRAGMA journal_size_limit = ${LOG_BYTES_MAX};
      PRAGMA cache_size = -${CACHE_KIB};
      PRAGMA mmap_size = 0;
      PRAGMA temp_store = MEMORY;
      PRAGMA cell_size_check = ON;
      PRAGMA trusted_schema = OFF;
    `)
    const { journal_mode } = database.prepare('PRAGMA journal_mode').get() ?? {}
    invariant(journal_mode === 'wal', 'the ledger keeps a write-ahead log', journal_mode)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}
