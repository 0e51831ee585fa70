import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts'
import { change, loadAll, rowOf } from '../contract/ledger.ts'
import { batchOf, wholeBatches } from './batches.ts'
import { startChild } from './child.ts'
import { temporaryDirectory } from './temporary-directory.ts'

const MIB = 2 ** 20

interface Seen {
  readonly acked: number
  readonly code: string
  readonly sticky: boolean
  readonly rows: number
}

/** A file system of its own in memory, or null where this process may not mount one. */
function mountSmallDisk(sizeMiB: number): string | null {
  const directory = temporaryDirectory()
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMiB}m`, 'tmpfs', directory])
  } catch (error) {
    console.warn(`NO FULL DISK WAS TESTED: mount(8) is refused here (${String(error)})`)
    return null
  }
  onTestFinished(() => void execFileSync('umount', ['-l', directory]))
  return directory
}

function fill(directory: string): void {
  const chunk = Buffer.alloc(4_096)
  const path = join(directory, 'filler')
  expect(() => {
    for (;;) writeFileSync(path, chunk, { flag: 'a' })
  }).toThrow('ENOSPC')
}

describe('a full disk', () => {
  it('refuses with ledger_full, keeps what was answered, and works again with room', async (ctx) => {
    const directory = mountSmallDisk(4)
    if (directory === null) return ctx.skip('mount(8) is refused')
    const ledger = await openSqliteLedger({ directory, eventsKept: 10 })
    await ledger.commit(batchOf(1, 8))
    fill(directory)
    let refusal: unknown
    while (refusal === undefined) {
      const batch = batchOf(ledger.lastRevision() + 1, 8)
      await ledger.commit(batch).catch((error) => {
        refusal = error
      })
    }
    expect(refusal).toMatchObject({ code: 'ledger_full', status: 507 })
    const answered = ledger.lastRevision()
    const rows = await loadAll(ledger)
    expect(rows).toEqual(wholeBatches(rows))
    expect(rows).toHaveLength(answered)

    rmSync(join(directory, 'filler'))
    await ledger.commit(batchOf(answered + 1, 8))
    expect(await loadAll(ledger)).toHaveLength(answered + 8)
    await ledger.close()
  })

  it('does not refuse while the room of the log itself is enough', async (ctx) => {
    const directory = mountSmallDisk(1)
    if (directory === null) return ctx.skip('mount(8) is refused')
    const ledger = await openSqliteLedger({ directory, eventsKept: 1 })
    for (let revision = 1; revision <= 500; revision += 1) {
      await ledger.commit([change(revision, 'one')])
    }
    expect(await loadAll(ledger)).toEqual([rowOf(change(500, 'one'))])
    await ledger.close()
  })

  it('lets a daemon that crashed on it start again and read', async (ctx) => {
    const directory = mountSmallDisk(2)
    if (directory === null) return ctx.skip('mount(8) is refused')
    const child = startChild('commit-until-refused.ts', [directory])
    const seen = JSON.parse(await child.nextLine()) as Seen
    await child.kill()
    // Without the index of an earlier reader there is no room left to make one.
    rmSync(join(directory, 'ledger.db-shm'), { force: true })
    fill(directory)
    expect(seen).toEqual({
      acked: seen.acked,
      code: 'ledger_full',
      sticky: false,
      rows: seen.acked,
    })
    const ledger = await openSqliteLedger({ directory, eventsKept: 10 })
    const rows = await loadAll(ledger)
    expect(rows).toEqual(wholeBatches(rows))
    expect(rows).toHaveLength(seen.acked)
    await ledger.close()
  })
})

describe('an I/O error', () => {
  it('fails the ledger for good, and a restart finds every answered commit', async () => {
    // A file may not grow beyond the limit: write(2) fails with EFBIG, which is no lack of room.
    const directory = temporaryDirectory()
    const limited = ['prlimit', `--fsize=${MIB}`]
    const child = startChild('commit-until-refused.ts', [directory], limited)
    const seen = JSON.parse(await child.nextLine()) as Seen
    expect(seen).toEqual({
      acked: seen.acked,
      code: 'ledger_failed',
      sticky: true,
      rows: seen.acked,
    })
    await child.kill()
    const ledger = await openSqliteLedger({ directory, eventsKept: 1_000_000 })
    const rows = await loadAll(ledger)
    expect(rows).toEqual(wholeBatches(rows))
    expect(rows).toHaveLength(seen.acked)
    await ledger.commit(batchOf(seen.acked + 1, 8))
    await ledger.close()
  })
})
