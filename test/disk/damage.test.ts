/** Ledgers that are not what was written, and the way out of each; docs/faults.md has the table. */
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  existsSync,
  readFileSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { runDaemon, startDaemon, stateDirectory } from '../crash/support/daemon.ts'
import { call } from '../crash/support/http.ts'
import { createLease, holders, told } from './support/leases.ts'

const MAIN = join(import.meta.dirname, '../../src/main.ts')
const TEST_TIMEOUT_MS = 240_000
const LEASES = 12
// https://www.sqlite.org/fileformat2.html#walformat
const LOG_HEADER_BYTES = 32
const FRAME_BYTES = 24 + 4_096

/** `daxd ledger ...` as an operator runs it. */
function ledger(directory: string, ...args: string[]) {
  const command = [MAIN, 'ledger', ...args, '--state-dir', directory]
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8' })
  return { status, stdout, stderr }
}

/** A daemon's directory after `count` leases and an end by the signal. */
async function filled(signal: 'SIGTERM' | 'SIGKILL', count = LEASES) {
  const directory = stateDirectory()
  const { url, end } = await startDaemon(directory)
  /** How long the log was when each lease was answered. */
  const answeredAt: number[] = []
  for (let at = 0; at < count; at += 1) {
    expect(await told(createLease(url, `holder-${at}`))).toEqual({ status: 201 })
    answeredAt.push(statSync(join(directory, 'ledger.db-wal')).size)
  }
  await end(signal)
  return { directory, answeredAt }
}

const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `holder-${at}`)

/** The stored text of the lease that a holder has. */
function bodyOf(directory: string, holder: string): string {
  const database = new DatabaseSync(join(directory, 'ledger.db'), { readOnly: true })
  const find = database.prepare(
    "SELECT body FROM records WHERE kind = 'lease' AND body ->> 'holder' = ?",
  )
  const row = find.get(holder)
  database.close()
  return String(row?.['body'])
}

/**
 * In the record itself, and in what moved pages have left of it: the audit holds the same text, as
 * what was after a change.
 */
function flipBit(path: string, body: string): void {
  const bytes = readFileSync(path)
  const nested = '"after":'
  let flipped = 0
  for (let at = bytes.indexOf(body); at > 0; at = bytes.indexOf(body, at + 1)) {
    if (bytes.toString('latin1', at - nested.length, at) === nested) continue
    bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at)
    flipped += 1
  }
  expect(flipped).toBeGreaterThan(0)
  writeFileSync(path, bytes)
}

function copyOf(directory: string): string {
  const copy = stateDirectory()
  cpSync(directory, copy, { recursive: true })
  return copy
}

describe('a log that a power cut tore', () => {
  it(
    'gives what was answered before the tear and no garbage, at each frame and inside each',
    async () => {
      const { directory, answeredAt } = await filled('SIGKILL')
      const log = join(directory, 'ledger.db-wal')
      const { size } = statSync(log)
      const copy = copyOf(directory)
      for (let frame = 0; LOG_HEADER_BYTES + frame * FRAME_BYTES <= size; frame += 1) {
        const edge = LOG_HEADER_BYTES + frame * FRAME_BYTES
        for (const cut of [edge - 1, edge, edge + 1, edge + 12, edge + FRAME_BYTES / 2]) {
          if (cut > size) continue
          copyFileSync(join(directory, 'ledger.db'), join(copy, 'ledger.db'))
          copyFileSync(log, join(copy, 'ledger.db-wal'))
          truncateSync(join(copy, 'ledger.db-wal'), cut)
          const found = holdersIn(copy)
          expect(found, `cut at ${cut}`).toEqual(names(found.length))
          const answered = answeredAt.filter((length) => length <= cut).length
          expect(found.length, `cut at ${cut}`).toBeGreaterThanOrEqual(answered)
        }
      }
      expect(holdersIn(directory)).toEqual(names(LEASES))
    },
    TEST_TIMEOUT_MS,
  )

  it(
    'lets daxd start with what was answered before the tear',
    async () => {
      const { directory, answeredAt } = await filled('SIGKILL')
      const cut = answeredAt[6]! + FRAME_BYTES / 2
      truncateSync(join(directory, 'ledger.db-wal'), cut)
      const { url } = await startDaemon(directory)
      expect(await holders(url)).toEqual(names(7))
      expect(await told(createLease(url, 'next'))).toEqual({ status: 201 })
    },
    TEST_TIMEOUT_MS,
  )
})

/** Read as SQLite reads it after a crash, without a daemon: there are hundreds of tears. */
function holdersIn(directory: string): string[] {
  const database = new DatabaseSync(join(directory, 'ledger.db'))
  try {
    const rows = database.prepare("SELECT body FROM records WHERE kind = 'lease' ORDER BY seq")
    return rows.all().map(({ body }) => JSON.parse(String(body)).holder)
  } finally {
    database.close()
  }
}

describe('a damaged ledger', () => {
  it(
    'is refused for one bit in a record; export tells the rest, restore brings the backup back',
    async () => {
      const { directory } = await filled('SIGTERM')
      const path = join(directory, 'ledger.db')
      const backup = join(stateDirectory(), 'backup.db')
      expect(ledger(directory, 'backup', backup)).toMatchObject({ status: 0, stderr: '' })
      // Rows grow from the end of a page: this is the record or the event of the third lease.
      const database = new DatabaseSync(path)
      const { id } = database.prepare("SELECT id FROM records WHERE body LIKE '%holder-3%'").get()!
      database
        .prepare("UPDATE records SET body = replace(body, 'holder-3', 'holder-2') WHERE id = ?")
        .run(id!)
      database.close()
      const before = readFileSync(path)

      const { code, stderr } = await runDaemon(directory)
      const sentence = `daxd: The ledger ${path} is damaged: the lease '${id}' in it does not match`
      expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(sentence) })
      expect(stderr.split('\n')).toHaveLength(2)
      expect(stderr).toContain('daxd ledger restore')
      expect(readFileSync(path).equals(before)).toBe(true)

      expect(ledger(directory, 'verify')).toEqual({
        status: 1,
        stdout: expect.stringContaining(`damaged; `),
        stderr: '',
      })
      const refusedBackup = join(stateDirectory(), 'second.db')
      expect(ledger(directory, 'backup', refusedBackup).status).toBe(1)
      expect(existsSync(refusedBackup)).toBe(false)
      const exported = ledger(directory, 'export')
      expect(exported).toMatchObject({
        status: 1,
        stderr: `daxd: the lease '${id}' does not match its checksum\n`,
      })
      const records = exported.stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      const leases = records.filter(({ kind }) => kind === 'lease').map(({ body }) => body.holder)
      expect(leases).toEqual(names(LEASES).filter((name) => name !== 'holder-3'))

      expect(ledger(directory, 'restore', backup).status).toBe(2)
      expect(readFileSync(path).equals(before)).toBe(true)
      expect(ledger(directory, 'restore', '--overwrite', backup)).toMatchObject({ status: 0 })
      expect(readFileSync(`${path}.replaced`).equals(before)).toBe(true)
      const { url } = await startDaemon(directory)
      expect(await holders(url)).toEqual(names(LEASES))
    },
    TEST_TIMEOUT_MS,
  )

  it(
    'is refused for a flipped bit in the file and for a page of garbage, and left as it is',
    async () => {
      const { directory } = await filled('SIGTERM')
      const body = bodyOf(directory, 'holder-5')
      const spoils: ((path: string) => void)[] = [
        (path) => flipBit(path, body),
        (path) => {
          const bytes = readFileSync(path)
          writeFileSync(path, bytes.fill(0xa5, 4_096, 8_192))
        },
      ]
      for (const spoil of spoils) {
        const copy = copyOf(directory)
        const path = join(copy, 'ledger.db')
        spoil(path)
        const before = readFileSync(path)
        const { code, stderr } = await runDaemon(copy)
        expect({ code, stderr }).toEqual({
          code: 2,
          stderr: expect.stringMatching(
            /^daxd: The ledger \S+ledger\.db is damaged: .*restore.*\n$/,
          ),
        })
        expect(readFileSync(path).equals(before)).toBe(true)
        expect(ledger(copy, 'verify').status).toBe(1)
      }
    },
    TEST_TIMEOUT_MS,
  )

  it(
    'of a newer daxd is refused, and told from damage',
    async () => {
      const { directory } = await filled('SIGTERM', 1)
      const database = new DatabaseSync(join(directory, 'ledger.db'))
      database.exec('PRAGMA user_version = 99')
      database.close()
      const { code, stderr } = await runDaemon(directory)
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: expect.stringMatching(
          /^daxd: .*schema version 99.*start the daxd that wrote it.*\n$/,
        ),
      })
    },
    TEST_TIMEOUT_MS,
  )
})

describe('a state directory that a daemon has', () => {
  it(
    'is refused to a second one and to the ledger commands, and serves on',
    async () => {
      const directory = stateDirectory()
      const { url, pid } = await startDaemon(directory)
      const { code, stderr } = await runDaemon(directory)
      expect({ code, stderr }).toEqual({
        code: 2,
        stderr: `daxd: The state directory ${directory} is in use by another daxd (pid ${pid}).\n`,
      })
      const file = join(directory, 'backup.db')
      writeFileSync(file, 'x')
      for (const args of [['verify'], ['backup', `${file}.new`], ['export']]) {
        const busy = `daxd: Another process has the ledger ${directory}/ledger.db open.\n`
        expect(ledger(directory, ...args)).toEqual({ status: 2, stdout: '', stderr: busy })
      }
      expect(await told(createLease(url, 'on'))).toEqual({ status: 201 })
    },
    TEST_TIMEOUT_MS,
  )
})

describe('a restored backup', () => {
  it(
    'gives out no id, revision or token again that the lost ledger gave out',
    async () => {
      const { directory } = await filled('SIGTERM', 3)
      const backup = join(stateDirectory(), 'backup.db')
      expect(ledger(directory, 'backup', backup).status).toBe(0)
      const second = await startDaemon(directory)
      const lost = (await createLease(second.url, 'lost'))?.body
      await second.end('SIGTERM')
      expect(ledger(directory, 'restore', '--overwrite', backup).status).toBe(0)

      const { url } = await startDaemon(directory)
      expect(await holders(url)).toEqual(names(3))
      const next = (await createLease(url, 'lost'))?.body
      expect(next.id).not.toBe(lost.id)
      expect(next.token).toBeGreaterThan(lost.token)
      expect(next.revision).toBeGreaterThan(lost.revision)
      const headers = { accept: 'application/json' }
      const since = await call(url, 'GET', `/v1/events?since=${lost.revision}`, { headers })
      expect({ status: since?.status, code: since?.body.code }).toEqual({
        status: 410,
        code: 'events_gone',
      })
    },
    TEST_TIMEOUT_MS,
  )
})
