import { statSync } from 'node:fs'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { describe, expect, it } from 'vitest'
import { InvariantViolation } from '../../src/core/invariant.ts'
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts'
import type { LedgerChange } from '../../src/ports/ledger.ts'
import { change, ledgerContract, loadAll, quietChange, rowOf } from '../contract/ledger.ts'
import { temporaryDirectory } from './temporary-directory.ts'

ledgerContract('the SQLite ledger', {
  open: (options) => openSqliteLedger({ directory: temporaryDirectory(), ...options }),
})

describe('the SQLite ledger over restarts', () => {
  it('keeps rows, events and the last revision, even of what was deleted and trimmed', async () => {
    const directory = temporaryDirectory()
    const first = await openSqliteLedger({ directory, eventsKept: 2 })
    await first.commit([change(1, 'a'), change(2, 'b'), change(3, 'c')])
    await first.commit([change(8, 'c', null)])
    await first.commit([change(9, 'd'), quietChange(10, 'd', null)])
    await first.commit([change(12, 'd', null)])
    await first.close()

    const second = await openSqliteLedger({ directory, eventsKept: 2 })
    expect(second.lastRevision()).toBe(12)
    expect(await loadAll(second)).toEqual([rowOf(change(1, 'a')), rowOf(change(2, 'b'))])
    const events = [change(9, 'd').event, change(12, 'd', null).event]
    expect(await second.events(null, 10)).toEqual({ gone: false, events })
    expect(await second.events(7, 10)).toEqual({ gone: true, events: [] })
    await expect(second.commit([change(12, 'e')])).rejects.toThrow(InvariantViolation)
    await second.close()
  })

  it('reaches a lowered number of events in bounded steps', async () => {
    const directory = temporaryDirectory()
    const many = Array.from({ length: 3_000 }, (_, at) => change(at + 1, `id-${at}`))
    const wide = await openSqliteLedger({ directory, eventsKept: 5_000 })
    await wide.commit(many)
    await wide.close()

    const narrow = await openSqliteLedger({ directory, eventsKept: 10 })
    const counts: number[] = []
    for (let revision = 3_001; revision <= 3_004; revision += 1) {
      await narrow.commit([change(revision, 'x')])
      counts.push((await narrow.events(null, 10_000)).events.length)
    }
    await narrow.close()
    // Ten are kept at least: 56 of the 3,000 share a row, and the last ones none.
    expect(counts).toEqual([1_913, 826, 59, 60])
  })

  it('loads more rows, and longer ones, than one chunk holds', async () => {
    const directory = temporaryDirectory()
    const ledger = await openSqliteLedger({ directory, eventsKept: 1 })
    const long = JSON.stringify('x'.repeat(3_000_000))
    const changes: LedgerChange[] = Array.from({ length: 5_000 }, (_, at) =>
      quietChange(at + 1, `id-${at}`, at % 2_000 === 7 ? long : `${at}`),
    )
    await ledger.commit(changes)
    expect(await loadAll(ledger)).toEqual(changes.map(rowOf))
    await ledger.close()
  })

  it('leaves one private file when it ends in order', async () => {
    const directory = temporaryDirectory()
    const ledger = await openSqliteLedger({ directory, eventsKept: 10 })
    await ledger.commit([change(1, 'a')])
    expect(statSync(join(directory, 'ledger.db-wal')).mode & 0o777).toBe(0o600)
    await ledger.close()
    expect(statSync(join(directory, 'ledger.db')).mode & 0o777).toBe(0o600)
    expect(statSync(join(directory, 'ledger.db-wal'), { throwIfNoEntry: false })).toBeUndefined()
  })

  it('folds its log back while it works, so that the log stays short', async () => {
    const directory = temporaryDirectory()
    const ledger = await openSqliteLedger({ directory, eventsKept: 10 })
    const body = JSON.stringify('x'.repeat(40_000))
    for (let revision = 1; revision <= 2_000; revision += 20) {
      const changes = Array.from({ length: 20 }, (_, at) => quietChange(revision + at, 'one', body))
      await ledger.commit([...changes, quietChange(revision + 20, `id-${revision}`, body)])
    }
    const logMiB = statSync(join(directory, 'ledger.db-wal')).size / 2 ** 20
    await ledger.close()
    expect(logMiB).toBeLessThan(6)
  })

  it('tells its logger whether the last end was clean', async () => {
    const directory = temporaryDirectory()
    const told: object[] = []
    const logger = { info: (fields: object) => told.push(fields), error: () => undefined }
    for (const revision of [1, 2]) {
      const ledger = await openSqliteLedger({ directory, eventsKept: 10, logger })
      await ledger.commit([change(revision, 'a')])
      await ledger.close()
    }
    expect(told).toEqual([
      { lastRevision: 0, cleanEnd: true, eventCount: 0 },
      { lastRevision: 1, cleanEnd: true, eventCount: 1 },
    ])
  })
})

describe('a stalled commit', () => {
  it('delays its own answer and leaves the event loop free', async () => {
    const directory = temporaryDirectory()
    const ledger = await openSqliteLedger({ directory, eventsKept: 10, commitStallMs: 200 })
    const start = performance.now()
    let turns = 0
    const ticking = setInterval(() => {
      turns += 1
    }, 5)
    await ledger.commit([change(1, 'a')])
    clearInterval(ticking)
    const tookMs = performance.now() - start
    await ledger.close()
    expect(tookMs).toBeGreaterThanOrEqual(200)
    expect(turns).toBeGreaterThan(10)
  })
})

describe('a second opener', () => {
  it('is refused as busy while the first has the ledger, and let in after it', async () => {
    const directory = temporaryDirectory()
    const first = await openSqliteLedger({ directory, eventsKept: 10 })
    const refused = openSqliteLedger({ directory, eventsKept: 10 })
    await expect(refused).rejects.toMatchObject({ code: 'busy' })
    await first.commit([change(1, 'a')])
    await first.close()
    const second = await openSqliteLedger({ directory, eventsKept: 10 })
    expect(second.lastRevision()).toBe(1)
    await second.close()
  })
})
