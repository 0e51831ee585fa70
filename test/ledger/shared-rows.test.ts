/** What a ledger tells of rows that several events or audit entries share, against plain lists. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { ANYONE } from '../../src/core/principal.ts'
import { verifyAuditFile } from '../../src/ledger/audit-file.ts'
import { ledgerPath } from '../../src/ledger/ledger-files.ts'
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts'
import { verifyLedger } from '../../src/ledger/verify.ts'
import type { AuditLink } from '../../src/ports/audit.ts'
import type { Ledger, LedgerChange, LedgerEvent } from '../../src/ports/ledger.ts'
import { auditText, chainOf } from '../contract/audit-trail.ts'
import { change, quietChange } from '../contract/ledger.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** What shares a row stays or goes together: beyond a limit there are fewer than these. */
const GROUP_MAX = 64
const PAGE_MAX = 10_000
const NAMES = ['plain', 'a\nb', 'null', '"', '\u2028\u2029', '\0', '\\n', '\r\n', '\u{1f512}', '']

const size = fc.oneof(
  { weight: 3, arbitrary: fc.nat(4) },
  { weight: 1, arbitrary: fc.constantFrom(63, 64, 65, 129) },
)
const commits = fc.array(
  fc.record({
    events: size,
    quiet: fc.nat(2),
    audits: size,
    gap: fc.constantFrom(1, 2, 2 ** 33),
    name: fc.constantFrom(...NAMES),
    reopens: fc.boolean(),
  }),
  { minLength: 1, maxLength: 7 },
)
type Commit = typeof commits extends fc.Arbitrary<(infer C)[]> ? C : never

/** Everything that was ever committed. */
interface Told {
  readonly events: LedgerEvent[]
  readonly texts: string[]
  revision: number
}

async function commitTo(ledger: Ledger, told: Told, step: Commit): Promise<void> {
  const { events, quiet, audits, gap, name } = step
  const changes: LedgerChange[] = []
  for (let at = 0; at < events; at += 1) {
    told.revision += gap
    const id = `${name}-${at}`
    const body = at % 5 === 4 ? null : JSON.stringify({ name, at })
    const plain = change(told.revision, id, body)
    const event = at % 3 === 0 ? { ...plain.event, tenant: name } : plain.event
    told.events.push(event)
    changes.push({ ...plain, event })
    if (at < quiet) changes.push(quietChange(told.revision, id))
  }
  const textOf = (_: unknown, at: number) =>
    auditText(`${name}-${at}`, { actor: { ...ANYONE, name: `${name}-${at % 3}` } })
  const texts = Array.from({ length: audits }, textOf)
  told.texts.push(...texts)
  await ledger.commit(changes, texts)
}

async function checkEvents(ledger: Ledger, { events: all }: Told, kept: number, limit: number) {
  const { events } = await ledger.events(null, PAGE_MAX)
  const dropped = all.length - events.length
  expect(events).toEqual(all.slice(dropped))
  expect(events.length).toBeGreaterThanOrEqual(Math.min(all.length, kept))
  expect(events.length).toBeLessThan(kept + GROUP_MAX)
  const boundary = all[dropped - 1]?.revision ?? 0
  const paged: LedgerEvent[] = []
  for (let after = boundary; ; ) {
    const page = await ledger.events(after, limit)
    expect(page.gone).toBe(false)
    paged.push(...page.events)
    expect(paged.length).toBeLessThanOrEqual(events.length)
    if (page.events.length < limit) break
    after = page.events.at(-1)!.revision
  }
  expect(paged).toEqual(events)
  if (boundary === 0) return
  expect(await ledger.events(boundary - 1, limit)).toEqual({ gone: true, events: [] })
}

async function checkAudit(ledger: Ledger, { texts }: Told, kept: number, limit: number) {
  const chain = chainOf(texts)
  const { trimmed } = await ledger.auditHead()
  const links = chain.slice(trimmed)
  expect(links.length).toBeGreaterThanOrEqual(Math.min(chain.length, kept))
  expect(links.length).toBeLessThan(kept + GROUP_MAX)
  const paged: AuditLink[] = []
  for (let after: number | null = 0; after !== null; ) {
    const page = await ledger.audit({ after, limit })
    paged.push(...page.links)
    expect(paged.length).toBeLessThanOrEqual(links.length)
    after = page.next
  }
  expect(paged).toEqual(links)
  const actor = 'plain-1'
  const wanted = links.filter(({ text }) => JSON.parse(text).actor.name === actor)
  expect((await ledger.audit({ after: 0, limit: PAGE_MAX, actor })).links).toEqual(wanted)
  const noted = chain[trimmed - 1]?.hash ?? '0'.repeat(64)
  const verdict = { entries: links.length, broken: null, expected: true }
  expect(await ledger.verifyAudit(noted)).toMatchObject(verdict)
}

it('the SQLite ledger gives each event and entry once and in order, over trims and restarts', async () => {
  const limits = fc.constantFrom(1, 2, 63, 64, 65, 150)
  const pages = fc.constantFrom(5, 63, 64, 65, 257)
  const property = fc.asyncProperty(commits, limits, pages, async (steps, kept, limit) => {
    const directory = temporaryDirectory()
    const open = () => openSqliteLedger({ directory, eventsKept: kept, auditKept: kept })
    const told: Told = { events: [], texts: [], revision: 0 }
    let ledger = await open()
    for (const step of steps) {
      await commitTo(ledger, told, step)
      if (!step.reopens) continue
      await ledger.close()
      ledger = await open()
      await checkEvents(ledger, told, kept, limit)
    }
    await checkEvents(ledger, told, kept, limit)
    await checkAudit(ledger, told, kept, limit)
    const { events } = await ledger.events(null, PAGE_MAX)
    const verdict = await ledger.verifyAudit(null)
    await ledger.close()
    expect(verifyAuditFile(ledgerPath(directory), null)).toEqual(verdict)
    const sound = { events: events.length, audit: verdict.entries, problems: [] }
    expect(verifyLedger(directory)).toMatchObject(sound)
  })
  await fc.assert(property, { numRuns: 12 })
}, 120_000)
