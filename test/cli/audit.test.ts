import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Command } from 'commander'
import { afterEach, describe, expect, it } from 'vitest'
import { createAuditActions } from '../../src/cli/audit.ts'
import { addAudit } from '../../src/cli/audit-program.ts'
import { backUpLedger } from '../../src/ledger/backup.ts'
import { ledgerPath } from '../../src/ledger/ledger-files.ts'
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts'
import { auditText, chainOf } from '../contract/audit-trail.ts'
import { temporaryDirectory } from '../ledger/temporary-directory.ts'

const ADA = { name: 'ada', role: 'tenant', tenant: 'blue', via: 'token' } as const
const TEXTS = [
  auditText('h-1'),
  auditText('h-2', { actor: ADA, tenant: 'blue', call: 'DELETE /v1/handles/:id', at_ms: 5_000 }),
]
const LINKS = chainOf(TEXTS)
const HEAD = LINKS[1]!.hash

afterEach(() => {
  process.exitCode = 0
})

async function filled(): Promise<string> {
  const directory = temporaryDirectory()
  const ledger = await openSqliteLedger({ directory, eventsKept: 10 })
  await ledger.commit([], TEXTS)
  await ledger.close()
  return directory
}

/** Runs `daxd audit` with these words. */
async function run(...words: string[]) {
  const told = { stdout: [] as string[], stderr: [] as string[] }
  const stdout = { write: (text: string) => told.stdout.push(text) }
  const stderr = { write: (text: string) => told.stderr.push(text) }
  const program = new Command('daxd').exitOverride()
  addAudit(program, createAuditActions({ stdout, stderr }))
  process.exitCode = 0
  await program.parseAsync(['node', 'daxd', 'audit', ...words])
  return {
    code: process.exitCode,
    stdout: told.stdout.join(''),
    stderr: told.stderr.join(''),
  }
}

function tamper(directory: string): void {
  const database = new DatabaseSync(ledgerPath(directory))
  database.exec("UPDATE audit SET entry = replace(entry, 'h-2', 'h-3') WHERE number = 2")
  database.close()
}

describe('daxd audit verify', () => {
  it('ends with 0 and tells the head of a chain that is whole', async () => {
    const directory = await filled()
    const path = ledgerPath(directory)
    expect(await run('verify', '--state-dir', directory, '--expect-head', LINKS[0]!.hash)).toEqual({
      code: 0,
      stdout: `${path}: whole; 2 entries, newest 2 ${HEAD}\n`,
      stderr: '',
    })
    const { stdout } = await run('verify', '--state-dir', directory, '--json')
    expect(JSON.parse(stdout)).toEqual({
      path,
      whole: true,
      head: { number: 2, hash: HEAD, trimmed: 0 },
      entries: 2,
      broken: null,
      expected: null,
    })
  })

  it('ends with 1 and names the first entry that is not what was written', async () => {
    const directory = await filled()
    tamper(directory)
    const { code, stdout } = await run('verify', '--state-dir', directory)
    expect([code, stdout]).toEqual([
      1,
      `${ledgerPath(directory)}: broken at entry 2: it does not match its hash\n`,
    ])
  })

  it('ends with 1 when the expected hash is not in the chain', async () => {
    const directory = await filled()
    const words = ['--state-dir', directory, '--expect-head', 'f'.repeat(64)]
    const { code, stdout } = await run('verify', ...words)
    expect(code).toBe(1)
    expect(stdout).toContain('entries were cut off')
  })

  it('cannot be done beside a running daemon, without a ledger or with nonsense', async () => {
    const directory = await filled()
    const ledger = await openSqliteLedger({ directory, eventsKept: 10 })
    await expect(run('verify', '--state-dir', directory)).rejects.toMatchObject({ code: 'busy' })
    await ledger.close()
    const nowhere = run('verify', '--state-dir', join(directory, 'nowhere'))
    await expect(nowhere).rejects.toMatchObject({ code: 'ledger_failed' })
    await expect(run('verify', '--expect-head', 'abc')).rejects.toThrow('64 hex digits')
    await expect(run('list', '--since', 'yesterday')).rejects.toThrow('not an instant')
  })

  it('cannot be done on what is no ledger', async () => {
    const file = join(temporaryDirectory(), 'notes.txt')
    writeFileSync(file, 'x'.repeat(5_000))
    const looked = run('verify', '--from-backup', file)
    await expect(looked).rejects.toMatchObject({ code: 'ledger_failed' })
  })

  it('looks at a backup as well', async () => {
    const directory = await filled()
    const file = join(directory, 'saved.db')
    backUpLedger(directory, file)
    tamper(directory)
    const { code } = await run('verify', '--from-backup', file, '--expect-head', HEAD)
    expect(code).toBe(0)
  })
})

describe('daxd audit list', () => {
  it('prints entries as lines, of whom and what it is asked for', async () => {
    const directory = await filled()
    const place = ['--state-dir', directory]
    const ada = '2 1970-01-01T00:00:05.000Z ada 127.0.0.1 handles:change done handle/h-2'
    const line = `${ada} DELETE /v1/handles/:id\n`
    for (const wanted of [
      ['--actor', 'ada'],
      ['--tenant', 'blue'],
      ['--object', 'handle/h-2'],
      ['--since', '1970-01-01T00:00:05Z'],
    ]) {
      const found = await run('list', ...place, ...wanted)
      expect(found, wanted.join(' ')).toEqual({ code: 0, stdout: line, stderr: '' })
    }
    expect((await run('list', ...place, '--action', 'none')).stdout).toBe('')
  })

  it('prints the very text of each entry with --json, and tells when the chain is broken', async () => {
    const directory = await filled()
    const { stdout } = await run('list', '--state-dir', directory, '--json')
    const lines = LINKS.map(
      ({ number, hash, text }) => `{"number":${number},"hash":"${hash}","entry":${text}}\n`,
    )
    expect(stdout).toBe(lines.join(''))
    tamper(directory)
    const broken = await run('list', '--state-dir', directory)
    expect([broken.code, broken.stderr]).toEqual([
      1,
      `daxd: ${ledgerPath(directory)}: entry 2: it does not match its hash\n`,
    ])
  })
})
