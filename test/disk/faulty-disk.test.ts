/** Disks that fail, hang, fill up or go away under a real daxd; docs/faults.md has the table. */
import { execFileSync } from 'node:child_process'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startDaemon, stateDirectory } from '../crash/support/daemon.ts'
import { call } from '../crash/support/http.ts'
import { createFaultyDisk, type DiskFault, type FaultyDisk } from './support/faulty-disk.ts'
import { createLease, holders, readiness, told } from './support/leases.ts'

/** The bound of a commit is 10 s; a busy machine takes longer to tell. */
const STALL_SEEN_TIMEOUT_MS = 60_000
const TEST_TIMEOUT_MS = 240_000
const disk = createFaultyDisk()

const FAILED = { status: 503, code: 'ledger_failed' }
const STALLED = { status: 503, code: 'ledger_stalled' }
const LOG: Pick<DiskFault, 'file'> = { file: 'ledger.db-wal' }

function needDisk({ skip }: { skip(why: string): never }): FaultyDisk {
  const found = disk ?? skip('there is no compiler')
  onTestFinished(() => found.disarm())
  return found
}

describe('a disk that fails', () => {
  const faults: readonly DiskFault[] = [
    { call: 'write', what: 'EIO', ...LOG },
    { call: 'write', what: 'EROFS', ...LOG },
    { call: 'sync', what: 'EIO', ...LOG },
  ]
  it.for(faults)(
    'in $call with $what stops changes until a restart, and loses nothing answered',
    { timeout: TEST_TIMEOUT_MS },
    async (fault, ctx) => {
      const faulty = needDisk(ctx)
      const directory = stateDirectory()
      const first = await faulty.start(directory)
      expect(await told(createLease(first.url, 'kept'))).toEqual({ status: 201 })
      faulty.arm(fault)
      expect(await told(createLease(first.url, 'lost'))).toEqual(FAILED)
      faulty.disarm()
      expect(await told(createLease(first.url, 'refused'))).toEqual(FAILED)
      expect(await holders(first.url)).toEqual(['kept'])
      expect(await readiness(first.url)).toBe(503)
      await first.end('SIGTERM')

      const { url } = await startDaemon(directory)
      expect(await readiness(url)).toBe(200)
      // What was not answered may be there whole: its bytes may have reached the log.
      const found = await holders(url)
      expect([['kept'], ['kept', 'lost']]).toContainEqual(found)
      expect(await told(createLease(url, 'next'))).toEqual({ status: 201 })
      expect(await holders(url)).toEqual([...found, 'next'])
    },
  )
})

describe('a disk that hangs', () => {
  it(
    'keeps reads going, sends changes away in bounded time, and tells the truth when it is back',
    async (ctx) => {
      const faulty = needDisk(ctx)
      const { url, log } = await faulty.start(stateDirectory())
      expect(await told(createLease(url, 'before'))).toEqual({ status: 201 })
      faulty.arm({ call: 'sync', what: 'hang', ...LOG })
      const hung = createLease(url, 'hung')
      expect(await holders(url)).toEqual(['before'])
      expect(await told(hung)).toEqual(STALLED)

      const refused = await fetch(`${url}/v1/leases`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ holder: 'refused', ttl_ms: 60_000 }),
      })
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '5'])
      expect(await told(call(url, 'DELETE', '/v1/leases/none'))).toEqual(STALLED)
      expect(await holders(url)).toEqual(['before'])
      expect(await readiness(url)).toBe(503)

      faulty.disarm()
      await expect.poll(() => readiness(url), { timeout: STALL_SEEN_TIMEOUT_MS }).toBe(200)
      expect(await holders(url)).toEqual(['before', 'hung'])
      expect(await told(createLease(url, 'after'))).toEqual({ status: 201 })
      const messages = log.map(({ msg }) => msg)
      expect(messages.filter((msg) => msg.includes('hangs') || msg.includes('again'))).toEqual([
        'a commit hangs; changes are refused until the disk answers',
        'the disk answers again',
      ])
    },
    TEST_TIMEOUT_MS,
  )

  it(
    'does not keep a daemon from ending at SIGTERM, and its next start tells the truth',
    async (ctx) => {
      const faulty = needDisk(ctx)
      const directory = stateDirectory()
      const first = await faulty.start(directory)
      expect(await told(createLease(first.url, 'before'))).toEqual({ status: 201 })
      faulty.arm({ call: 'sync', what: 'hang', ...LOG })
      expect(await told(createLease(first.url, 'hung'))).toEqual(STALLED)
      expect(await first.end('SIGTERM')).toEqual({ code: null, signal: 'SIGKILL', stderr: '' })
      faulty.disarm()
      const { url } = await startDaemon(directory)
      expect([['before'], ['before', 'hung']]).toContainEqual(await holders(url))
    },
    TEST_TIMEOUT_MS,
  )
})

describe('a full disk', () => {
  it(
    'answers 507, keeps reads true, and serves again by itself when there is room',
    async (ctx) => {
      const directory = stateDirectory()
      try {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', directory])
      } catch (error) {
        console.warn(`NO FULL DISK WAS TESTED: mount(8) is refused here (${String(error)})`)
        return ctx.skip('mount(8) is refused')
      }
      onTestFinished(() => void execFileSync('umount', ['-l', directory]))
      const { url } = await startDaemon(directory)
      const filler = join(directory, 'filler')
      const chunk = Buffer.alloc(4_096)
      expect(() => {
        for (;;) writeFileSync(filler, chunk, { flag: 'a' })
      }).toThrow('ENOSPC')
      const kept: string[] = []
      let refusal: unknown
      for (let at = 0; refusal === undefined; at += 1) {
        const answer = await told(createLease(url, `h${at}`))
        if (JSON.stringify(answer) === '{"status":201}') kept.push(`h${at}`)
        else refusal = answer
      }
      expect(refusal).toEqual({ status: 507, code: 'ledger_full' })
      expect(await holders(url)).toEqual(kept)
      expect(await readiness(url)).toBe(200)

      rmSync(filler)
      expect(await told(createLease(url, 'after'))).toEqual({ status: 201 })
      expect(await holders(url)).toEqual([...kept, 'after'])
    },
    TEST_TIMEOUT_MS,
  )
})

describe('a state directory that goes away under a daemon', () => {
  it.each([
    ['is removed', (at: string) => rmSync(at, { recursive: true })],
    ['loses its log', (at: string) => rmSync(join(at, 'ledger.db-wal'))],
    ['gets a copy for its ledger', (at: string) => replaceByCopy(join(at, 'ledger.db'))],
  ])(
    'when it %s, nothing is acknowledged that would go with the process',
    async (_how, spoil) => {
      const directory = stateDirectory()
      const { url } = await startDaemon(directory)
      expect(await told(createLease(url, 'kept'))).toEqual({ status: 201 })
      spoil(directory)
      expect(await told(createLease(url, 'lost'))).toEqual(FAILED)
      expect(await holders(url)).toEqual(['kept'])
      expect(await readiness(url)).toBe(503)
    },
    TEST_TIMEOUT_MS,
  )
})

function replaceByCopy(path: string): void {
  const bytes = readFileSync(path)
  rmSync(path)
  writeFileSync(path, bytes)
}
