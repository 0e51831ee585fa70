import { listAuditFile, verifyAuditFile } from '../ledger/audit-file.ts'
import { ledgerPath } from '../ledger/ledger-files.ts'
import type { AuditEntry, AuditLink, AuditVerdict } from '../ports/audit.ts'
import type { AuditActions, AuditPlace } from './audit-program.ts'
import type { LedgerOutputs } from './ledger.ts'

const EXIT_WHOLE = 0
const EXIT_BROKEN = 1

/** `daxd audit` on the real disk. What it cannot do at all is thrown as a DaxError. */
export function createAuditActions({ stdout, stderr }: LedgerOutputs): AuditActions {
  return {
    verify({ expectedHash, json, ...place }) {
      const path = pathOf(place)
      const verdict = verifyAuditFile(path, expectedHash)
      const whole = isWhole(verdict)
      const report = { path, whole, ...verdict }
      stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : render(path, verdict))
      return whole ? EXIT_WHOLE : EXIT_BROKEN
    },
    list({ filter, json, ...place }) {
      const path = pathOf(place)
      listAuditFile(path, filter, (link) => {
        stdout.write(json ? `${jsonLine(link)}\n` : `${textLine(link)}\n`)
      })
      const { broken } = verifyAuditFile(path, null)
      if (broken === null) return EXIT_WHOLE
      stderr.write(`daxd: ${path}: entry ${broken.number}: ${broken.reason}\n`)
      return EXIT_BROKEN
    },
  }
}

function pathOf({ stateDirectory, backup }: AuditPlace): string {
  return backup ?? ledgerPath(stateDirectory)
}

function isWhole({ broken, expected }: AuditVerdict): boolean {
  return broken === null && expected !== false
}

function render(path: string, { entries, broken, expected, head }: AuditVerdict): string {
  const kept = `${entries} entries, newest ${head.number} ${head.hash}`
  if (broken !== null) return `${path}: broken at entry ${broken.number}: ${broken.reason}\n`
  if (expected !== false) return `${path}: whole; ${kept}\n`
  const trimmed = head.trimmed === 0 ? '' : ` or it is one of the ${head.trimmed} no longer kept`
  return `${path}: no entry has the expected hash: entries were cut off${trimmed}; ${kept}\n`
}

/** The entry is the very text that is kept. */
function jsonLine({ number, hash, text }: AuditLink): string {
  return `{"number":${number},"hash":"${hash}","entry":${text}}`
}

function textLine({ number, text }: AuditLink): string {
  const { at_ms, actor, source, action, outcome, object, call } = JSON.parse(text) as AuditEntry
  const about = object === null ? '-' : `${object.kind}/${object.id}`
  const at = new Date(at_ms).toISOString()
  return [number, at, actor.name, source, action, outcome, about, call ?? '-'].join(' ')
}
