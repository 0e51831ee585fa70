import { backUpLedger } from '../ledger/backup.ts'
import { exportLedger } from '../ledger/export.ts'
import { restoreLedger } from '../ledger/restore.ts'
import { type LedgerReport, verifyLedger, verifyLedgerFile } from '../ledger/verify.ts'
import type { LedgerActions } from './ledger-program.ts'

const EXIT_DONE = 0
const EXIT_DAMAGED = 1

/** Where text goes: the part of process.stdout and process.stderr that is used. */
export interface LedgerOutputs {
  readonly stdout: { write(text: string): unknown }
  readonly stderr: { write(text: string): unknown }
}

/** `daxd ledger` on the real disk. What it cannot do at all is thrown as a DaxError. */
export function createLedgerActions({ stdout, stderr }: LedgerOutputs): LedgerActions {
  const complain = (text: string): void => void stderr.write(`daxd: ${text}\n`)

  /** True when the file is sound; tells what is wrong with it otherwise. */
  function isSound({ path, problems }: LedgerReport): boolean {
    for (const problem of problems) complain(`${path}: ${problem}`)
    return problems.length === 0
  }

  return {
    verify({ stateDirectory, json }) {
      const report = verifyLedger(stateDirectory)
      stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : renderLedger(report))
      return report.problems.length === 0 ? EXIT_DONE : EXIT_DAMAGED
    },
    backup({ stateDirectory, file }) {
      if (!isSound(verifyLedger(stateDirectory))) return EXIT_DAMAGED
      stdout.write(renderLedger(backUpLedger(stateDirectory, file)))
      return EXIT_DONE
    },
    restore({ stateDirectory, file, overwrite }) {
      if (!isSound(verifyLedgerFile(file))) return EXIT_DAMAGED
      const options = { directory: stateDirectory, source: file, overwrite }
      stdout.write(renderLedger(restoreLedger(options)))
      return EXIT_DONE
    },
    exportRecords({ stateDirectory }) {
      let code = EXIT_DONE
      exportLedger(stateDirectory, {
        line: (text) => void stdout.write(`${text}\n`),
        problem(text) {
          complain(text)
          code = EXIT_DAMAGED
        },
      })
      return code
    },
  }
}

function renderLedger(report: LedgerReport): string {
  const { path, problems, lastRevision, records, events, audit, cleanEnd } = report
  const total = Object.values(records).reduce((sum, count) => sum + count, 0)
  const verdict = problems.length === 0 ? 'sound' : 'damaged'
  const end = cleanEnd ? '' : ', not ended in order'
  const kept = `${total} records, ${events} events, ${audit} audit entries`
  const found = `${kept}, revision ${lastRevision}${end}`
  const told = problems.map((problem) => `  ${problem}\n`).join('')
  return `${path}: ${verdict}; ${found}\n${told}`
}
