import { copyFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { listAuditFile, verifyAuditFile } from '../../src/ledger/audit-file.ts'
import { backUpLedger } from '../../src/ledger/backup.ts'
import { exportLedger } from '../../src/ledger/export.ts'
import { openLedgerDatabase } from '../../src/ledger/ledger-database.ts'
import { ledgerPath } from '../../src/ledger/ledger-files.ts'
import { openMemoryLedger } from '../../src/ledger/memory-ledger.ts'
import { MIGRATIONS } from '../../src/ledger/migrations.ts'
import { restoreLedger } from '../../src/ledger/restore.ts'
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts'
import { verifyLedger } from '../../src/ledger/verify.ts'
import type { AuditEntry } from '../../src/ports/audit.ts'
import { auditText, chainOf, trailContract } from '../contract/audit-trail.ts'
import { change } from '../contract/ledger.ts'
import { temporaryDirectory } from './temporary-directory.ts'

trailContract('the memory ledger', { open: async (options) => openMemoryLedger(options) })
trailContract('the SQLite ledger', {
  open: (options) => openSqliteLedger({ directory: temporaryDirectory(), ...options }),
})

const COUNT = 20
const TEXTS = Array.from({ length: COUNT }, (_, at) => auditText(`h-${at}`))
const LINKS = chainOf(TEXTS)

async function filled(directory = temporaryDirectory(), auditKept = 100): Promise<string> {
  const ledger = await openSqliteLedger({ directory, eventsKept: 10, auditKept })
  for (const [at, text] of TEXTS.entries()) await ledger.commit([change(at + 1, `h-${at}`)], [text])
  await ledger.close()
  return directory
}

function tamper(directory: string, sql: string): void {
  const database = new DatabaseSync(ledgerPath(directory))
  database.exec(sql)
  database.close()
}

describe('a chain that was tampered with', () => {
  const forged = LINKS.map(({ number, text }) => ({ number, text }))
  const cases: readonly [what: string, sql: string, broken: number][] = [
    [
      'an entry was changed',
      "UPDATE audit SET entry = replace(entry, 'h-6', 'h-9') WHERE number = 7",
      7,
    ],
    ['a hash was changed', "UPDATE audit SET hash = 'x' WHERE number = 7", 7],
    ['an entry is gone', 'DELETE FROM audit WHERE number = 7', 7],
    ['the oldest are gone', 'DELETE FROM audit WHERE number <= 3', 1],
    ['the newest are gone', 'DELETE FROM audit WHERE number > 15', 16],
    ['all are gone', 'DELETE FROM audit', 1],
    ['an entry was added', "INSERT INTO audit VALUES (21, '{}', 'x')", 21],
  ]

  it.each(cases)(
    'is broken at the first entry that is not what was written: %s',
    async (_, sql, broken) => {
      const directory = await filled()
      tamper(directory, sql)
      expect(verifyAuditFile(ledgerPath(directory), null)).toMatchObject({
        broken: { number: broken },
      })
      const { problems } = verifyLedger(directory)
      expect(problems.some((problem) => problem.startsWith(`the audit's entry ${broken}`))).toBe(
        true,
      )
    },
  )

  it('that is made whole again to its end is told by a hash that was noted elsewhere', async () => {
    const directory = await filled()
    const noted = LINKS[17]!.hash
    const kept = chainOf(forged.slice(0, 15).map(({ text }) => text)).at(-1)!
    tamper(directory, 'DELETE FROM audit WHERE number > 15')
    const database = new DatabaseSync(ledgerPath(directory))
    database.prepare('UPDATE head SET audit_number = 15, audit_hash = ?').run(kept.hash)
    database.close()
    const verdict = verifyAuditFile(ledgerPath(directory), noted)
    expect(verdict).toMatchObject({ entries: 15, broken: null, expected: false })
  })

  it('is told by a running ledger too, piece by piece', async () => {
    const directory = temporaryDirectory()
    const many = Array.from({ length: 12_000 }, (_, at) => auditText(`h-${at}`))
    const first = await openSqliteLedger({ directory, eventsKept: 10 })
    await first.commit([], many)
    const whole = await first.verifyAudit(null)
    expect(whole).toMatchObject({ entries: 12_000, broken: null, head: { number: 12_000 } })
    await first.close()
    tamper(directory, `UPDATE audit SET entry = replace(entry, '"h-10999"', '"h-x"')`)
    const ledger = await openSqliteLedger({ directory, eventsKept: 10 })
    expect(await ledger.verifyAudit(null)).toMatchObject({
      entries: 10_999,
      broken: { number: 11_000 },
    })
    await ledger.close()
  })
})

describe('entries of one commit', () => {
  it('stand in one row, where each of them is still told apart', async () => {
    const directory = temporaryDirectory()
    const ledger = await openSqliteLedger({ directory, eventsKept: 10 })
    await ledger.commit([], TEXTS.slice(0, 12))
    await ledger.commit([], TEXTS.slice(12))
    const page = await ledger.audit({ after: 7, limit: 3 })
    expect(page).toEqual({ links: LINKS.slice(7, 10), next: 10 })
    expect((await ledger.audit({ after: 11, limit: 100 })).links).toEqual(LINKS.slice(11))
    await ledger.close()
    tamper(directory, "UPDATE audit SET hash = replace(hash, substr(hash, 66, 64), 'x')")
    expect(verifyAuditFile(ledgerPath(directory), null)).toMatchObject({ broken: { number: 2 } })
    tamper(directory, 'UPDATE audit SET entry = substr(entry, instr(entry, char(10)) + 1)')
    expect(verifyAuditFile(ledgerPath(directory), null)).toMatchObject({ broken: { number: 1 } })
  })
})

describe('lines that nobody wrote', () => {
  async function trimmed(): Promise<string> {
    const directory = temporaryDirectory()
    const ledger = await openSqliteLedger({ directory, eventsKept: 10, auditKept: 10 })
    await ledger.commit([], TEXTS.slice(0, 10))
    await ledger.commit([], TEXTS.slice(10))
    await ledger.close()
    return directory
  }

  it('before the first entry of a row are not shown, and a running ledger tells of them', async () => {
    const directory = await trimmed()
    const line = (text: string, column: string) => `${column} = '${text}' || char(10) || ${column}`
    tamper(directory, `UPDATE audit SET ${line('{}', 'entry')}, ${line('x', 'hash')}`)
    const broken = { number: 11, reason: 'it is missing; the next one is 10' }
    expect(verifyAuditFile(ledgerPath(directory), null)).toMatchObject({ broken })
    const ledger = await openSqliteLedger({ directory, eventsKept: 10, auditKept: 10 })
    expect(await ledger.verifyAudit(null)).toMatchObject({ broken })
    const page = await ledger.audit({ after: 0, limit: 100 })
    expect(page).toEqual({ links: LINKS.slice(10), next: null })
    await ledger.close()
  })

  it('after the last hash of a row are told of as the last entry, whose hash they spoil', async () => {
    const directory = await trimmed()
    tamper(directory, "UPDATE audit SET hash = hash || char(10) || 'x'")
    expect(verifyAuditFile(ledgerPath(directory), null)).toMatchObject({ broken: { number: 20 } })
    const lines: string[] = []
    exportLedger(directory, { line: (text) => lines.push(text), problem: () => undefined })
    expect(JSON.parse(lines.at(-1)!)).toMatchObject({ number: 20, hash: `${LINKS[19]!.hash} x` })
  })
})

describe('the chain goes on', () => {
  it('over restarts, trims and a look that is under way meanwhile', async () => {
    const directory = await filled(temporaryDirectory(), 5)
    const ledger = await openSqliteLedger({ directory, eventsKept: 10, auditKept: 5 })
    const looks = [ledger.verifyAudit(null), ledger.commit([], TEXTS), ledger.verifyAudit(null)]
    for (const look of await Promise.all(looks))
      expect(look ?? { broken: null }).toMatchObject({ broken: null })
    await ledger.close()
    const links = chainOf([...TEXTS, ...TEXTS])
    const found = verifyAuditFile(ledgerPath(directory), links[34]!.hash)
    expect(found).toEqual({
      head: { number: 40, hash: links[39]!.hash, trimmed: 20 },
      entries: 20,
      broken: null,
      expected: true,
    })
  })

  it('from a ledger of the schema before it, whose records stay', async () => {
    const directory = temporaryDirectory()
    openLedgerDatabase(directory, MIGRATIONS.slice(0, 3)).close()
    expect(verifyLedger(directory)).toMatchObject({ version: 3, audit: 0, problems: [] })
    const list = () => verifyAuditFile(ledgerPath(directory), null)
    expect(list).toThrow(expect.objectContaining({ code: 'ledger_failed' }))
    await filled(directory)
    expect(verifyLedger(directory)).toMatchObject({ version: 5, audit: COUNT, problems: [] })
  })

  it('in a backup, and in a ledger restored from it, which says that it was', async () => {
    const directory = await filled()
    const file = join(directory, 'saved.db')
    expect(backUpLedger(directory, file)).toMatchObject({ audit: COUNT, problems: [] })
    expect(verifyAuditFile(file, LINKS[19]!.hash)).toMatchObject({ broken: null, expected: true })
    restoreLedger({ directory, source: file, overwrite: true })
    const told: AuditEntry[] = []
    listAuditFile(ledgerPath(directory), { action: 'ledger:restore' }, ({ text }) =>
      told.push(JSON.parse(text)),
    )
    expect(told).toMatchObject([{ actor: { name: 'daxd' }, why: { backup: file } }])
    const found = verifyAuditFile(ledgerPath(directory), LINKS[19]!.hash)
    expect(found).toMatchObject({ entries: COUNT + 1, broken: null, expected: true })
    const ledger = await openSqliteLedger({ directory, eventsKept: 10 })
    expect(await ledger.verifyAudit(LINKS[19]!.hash)).toEqual(found)
    await ledger.close()
  })

  it('in an export, which tells where it is broken', async () => {
    const directory = await filled()
    const lines: string[] = []
    const problems: string[] = []
    const to = {
      line: (text: string) => lines.push(text),
      problem: (text: string) => problems.push(text),
    }
    exportLedger(directory, to)
    const audit = lines.map((line) => JSON.parse(line)).filter(({ kind }) => kind === 'audit')
    const expected = LINKS.map(({ number, hash, text }) => ({
      kind: 'audit',
      number,
      hash,
      body: JSON.parse(text),
    }))
    expect({ audit, problems }).toEqual({ audit: expected, problems: [] })
    tamper(directory, "UPDATE audit SET entry = '{}' WHERE number = 4")
    exportLedger(directory, to)
    expect(problems).toEqual(["the audit's entry 4: it does not match its hash"])
  })
})

it('a backup that is cut off is refused like any other damage', async () => {
  const directory = await filled()
  const copy = join(directory, 'copy.db')
  copyFileSync(ledgerPath(directory), copy)
  const database = new DatabaseSync(copy)
  database.exec('DELETE FROM audit WHERE number = 20')
  database.close()
  const restore = () => restoreLedger({ directory, source: copy, overwrite: true })
  expect(restore).toThrow(expect.objectContaining({ code: 'ledger_failed' }))
  expect(verifyLedger(directory)).toMatchObject({ audit: COUNT, problems: [] })
})
