import type { Command } from 'commander'
import { stateDirectoryDefault } from './state-directory-default.ts'

/** What `daxd ledger` can be told to do; each answers the exit code. */
export interface LedgerActions {
  verify(options: { readonly stateDirectory: string; readonly json: boolean }): number
  backup(options: { readonly stateDirectory: string; readonly file: string }): number
  restore(options: {
    readonly stateDirectory: string
    readonly file: string
    readonly overwrite: boolean
  }): number
  exportRecords(options: { readonly stateDirectory: string }): number
}

const NOTES = `
Each works on the state directory of a daemon that is stopped; beside a running one it ends with 2
and changes nothing. Exit code: 0 done and sound, 1 the ledger or the backup is damaged, 2 it could
not be done, with a sentence that says why.`

interface LedgerOptions {
  readonly stateDir: string
  readonly json?: boolean
  readonly overwrite?: boolean
}

/** Adds `daxd ledger verify | backup | restore | export`. */
export function addLedger(program: Command, actions: LedgerActions): void {
  const ledger = program
    .command('ledger')
    .description('look after the durable records: check, save, put back, print')
    .addHelpText('after', NOTES)
  addPart(ledger, 'verify', 'read every page and every record and say what is wrong')
    .option('--json', 'what was found as JSON')
    .action(({ stateDir, json = false }: LedgerOptions) => {
      process.exitCode = actions.verify({ stateDirectory: stateDir, json })
    })
  addPart(ledger, 'backup', 'write a checked copy of a sound ledger')
    .argument('<file>', 'a new file; one that is there is never written over')
    .action((file: string, { stateDir }: LedgerOptions) => {
      process.exitCode = actions.backup({ stateDirectory: stateDir, file })
    })
  addPart(
    ledger,
    'restore',
    'make a backup the ledger; what was given out since is not given again',
  )
    .argument('<file>', 'what "daxd ledger backup" wrote')
    .option('--overwrite', 'take the place of a ledger; it is kept as ledger.db.replaced')
    .action((file: string, { stateDir, overwrite = false }: LedgerOptions) => {
      process.exitCode = actions.restore({ stateDirectory: stateDir, file, overwrite })
    })
  addPart(ledger, 'export', 'print every sound record as a line of JSON').action(
    ({ stateDir }: LedgerOptions) => {
      process.exitCode = actions.exportRecords({ stateDirectory: stateDir })
    },
  )
}

function addPart(ledger: Command, name: string, description: string): Command {
  return ledger
    .command(name)
    .description(description)
    .option('--state-dir <dir>', 'where the state is kept', stateDirectoryDefault(process.env))
    .addHelpText('after', NOTES)
}
