/** What every ledger promises of the audit; each implementation runs this over itself. */
import { createHash } from 'node:crypto'
import { afterEach, describe, expect, it } from 'vitest'
import { InvariantViolation } from '../../src/core/invariant.ts'
import { ANYONE } from '../../src/core/principal.ts'
import type { AuditEntry } from '../../src/ports/audit.ts'
import type { Ledger } from '../../src/ports/ledger.ts'
import { change } from './ledger.ts'

export interface TrailUnderTest {
  open(options: { readonly eventsKept: number; readonly auditKept: number }): Promise<Ledger>
}

const NOTHING = '0'.repeat(64)

/** The text of an entry about one object. */
export function auditText(id: string, over: Partial<AuditEntry> = {}): string {
  const entry: AuditEntry = {
    at_ms: 1_000,
    actor: ANYONE,
    source: '127.0.0.1',
    request_id: null,
    call: null,
    action: 'handles:change',
    outcome: 'done',
    object: { kind: 'handle', id },
    tenant: null,
    revisions: null,
    changes: [],
    unlisted: 0,
    why: null,
    ...over,
  }
  return JSON.stringify(entry)
}

/** The chain by its definition, as somebody with sha256sum alone would make it. */
export function chainOf(texts: readonly string[]) {
  let before = NOTHING
  return texts.map((text, at) => {
    const number = at + 1
    before = createHash('sha256').update(`${before}\n${number}\n${text}`).digest('hex')
    return { number, text, hash: before }
  })
}

export function trailContract(name: string, underTest: TrailUnderTest): void {
  const opened: Ledger[] = []
  const open = async (auditKept = 100) => {
    const ledger = await underTest.open({ eventsKept: 10, auditKept })
    opened.push(ledger)
    return ledger
  }
  const numbers = async (ledger: Ledger, filter: object, limit = 100) => {
    const { links, next } = await ledger.audit({ after: 0, limit, ...filter })
    return { numbers: links.map(({ number }) => number), next }
  }
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((ledger) => ledger.close()))
  })

  describe(`${name} keeps the audit`, () => {
    it('has no entries and a chain that is whole when it is new', async () => {
      const ledger = await open()
      const head = { number: 0, hash: NOTHING, trimmed: 0 }
      expect(await ledger.auditHead()).toEqual(head)
      expect(await ledger.audit({ after: 0, limit: 10 })).toEqual({ links: [], next: null })
      const verdict = { head, entries: 0, broken: null }
      expect(await ledger.verifyAudit(null)).toEqual({ ...verdict, expected: null })
      expect(await ledger.verifyAudit(NOTHING)).toEqual({ ...verdict, expected: true })
    })

    it('links each entry to the one before it, with changes and without', async () => {
      const ledger = await open()
      const texts = ['a', 'b', 'é', '"\u{1f512}"'].map((id) => auditText(id))
      await ledger.commit([change(1, 'a')], texts.slice(0, 2))
      await ledger.commit([change(2, 'b')])
      await ledger.commit([], texts.slice(2))
      const links = chainOf(texts)
      expect(await ledger.audit({ after: 0, limit: 10 })).toEqual({ links, next: null })
      const { hash } = links[3]!
      const head = { number: 4, hash, trimmed: 0 }
      expect(await ledger.auditHead()).toEqual(head)
      const verdict = { head, entries: 4, broken: null }
      expect(await ledger.verifyAudit(links[1]!.hash)).toEqual({ ...verdict, expected: true })
      expect(await ledger.verifyAudit('f'.repeat(64))).toEqual({ ...verdict, expected: false })
    })

    it('keeps the newest entries only, and what the oldest of them is linked to', async () => {
      const ledger = await open(3)
      const texts = Array.from({ length: 8 }, (_, at) => auditText(`h-${at}`))
      for (const text of texts) await ledger.commit([], [text])
      const links = chainOf(texts)
      const found = await ledger.audit({ after: 0, limit: 10 })
      expect(found).toEqual({ links: links.slice(5), next: null })
      const head = { number: 8, hash: links[7]!.hash, trimmed: 5 }
      const verdict = { head, entries: 3, broken: null }
      expect(await ledger.verifyAudit(links[4]!.hash)).toEqual({ ...verdict, expected: true })
      expect(await ledger.verifyAudit(links[3]!.hash)).toEqual({ ...verdict, expected: false })
    })

    it('keeps long entries apart, so that nobody reads many of them to have one', async () => {
      const ledger = await open(1)
      const why = { long: 'x'.repeat(600_000) }
      const texts = ['a', 'b', 'c'].map((id) => auditText(id, { why }))
      await ledger.commit([], texts)
      const links = chainOf(texts).slice(2)
      expect(await ledger.audit({ after: 0, limit: 10 })).toEqual({ links, next: null })
      expect(await ledger.verifyAudit(null)).toMatchObject({ entries: 1, broken: null })
    })

    it('pages by number and gives each entry once', async () => {
      const ledger = await open()
      await ledger.commit(
        [],
        ['a', 'b', 'c'].map((id) => auditText(id)),
      )
      expect(await numbers(ledger, {}, 2)).toEqual({ numbers: [1, 2], next: 2 })
      expect(await numbers(ledger, { after: 2 }, 2)).toEqual({ numbers: [3], next: null })
      expect(await numbers(ledger, { after: 3 }, 2)).toEqual({ numbers: [], next: null })
      expect(await numbers(ledger, {}, 3)).toEqual({ numbers: [1, 2, 3], next: null })
    })

    it('finds entries by actor, tenant, action, object and time, and by all of them', async () => {
      const ledger = await open()
      const ada = { ...ANYONE, name: 'ada' }
      const changed = { kind: 'mapping', id: 'm-1', type: 'deleted' } as const
      await ledger.commit(
        [],
        [
          auditText('h-1'),
          auditText('h-2', { actor: ada, tenant: 'blue', at_ms: 2_000 }),
          auditText('h-3', { action: 'leases:expire', changes: [changed], at_ms: 3_000 }),
        ],
      )
      const found = async (filter: object) => (await numbers(ledger, filter)).numbers
      expect(await found({ actor: 'ada' })).toEqual([2])
      expect(await found({ tenant: 'blue' })).toEqual([2])
      expect(await found({ action: 'leases:expire' })).toEqual([3])
      expect(await found({ object: 'h-1' })).toEqual([1])
      expect(await found({ object: 'handle/h-1' })).toEqual([1])
      expect(await found({ object: 'mapping/m-1' })).toEqual([3])
      expect(await found({ object: 'handle/m-1' })).toEqual([])
      expect(await found({ since_ms: 2_000 })).toEqual([2, 3])
      expect(await found({ since_ms: 2_000, actor: 'anyone' })).toEqual([3])
    })

    it('refuses a page that is not bounded, as a defect of the caller', async () => {
      const ledger = await open()
      for (const query of [
        { after: 0, limit: 0 },
        { after: 0, limit: 10_001 },
        { after: -1, limit: 1 },
      ]) {
        await expect(ledger.audit(query)).rejects.toThrow(InvariantViolation)
      }
    })

    it('keeps no entry of a commit that is refused', async () => {
      const ledger = await open()
      await ledger.commit([change(5, 'a')], [auditText('a')])
      await expect(ledger.commit([change(4, 'b')], [auditText('b')])).rejects.toThrow()
      expect((await numbers(ledger, {})).numbers).toEqual([1])
    })

    it('answers nothing when it is closed', async () => {
      const ledger = await open()
      await ledger.close()
      const refused = { code: 'shutting_down' }
      await expect(ledger.auditHead()).rejects.toMatchObject(refused)
      await expect(ledger.audit({ after: 0, limit: 1 })).rejects.toMatchObject(refused)
      await expect(ledger.verifyAudit(null)).rejects.toMatchObject(refused)
    })
  })
}
