/** What every ledger promises; each implementation's own test runs this over itself. */
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { InvariantViolation } from '../../src/core/invariant.ts'
import type { Ledger, LedgerChange, LedgerEvent, LedgerRow } from '../../src/ports/ledger.ts'

export interface LedgerUnderTest {
  open(options: { readonly eventsKept: number }): Promise<Ledger>
}

const EVENTS_PAGE = 10_000

/** A change with its event, as services make them. */
export function change(revision: number, id: string, body: string | null = `"${id}"`) {
  const type = body === null ? 'deleted' : 'created'
  const told: LedgerEvent = { revision, at_ms: 1_000 + revision, type, kind: 'handle', id }
  const event = body === null ? told : { ...told, object: `{"view":${body}}` }
  return { kind: 'handle', id, revision, body, event } satisfies LedgerChange
}

/** A change that watchers are not told of. */
export function quietChange(revision: number, id: string, body: string | null = `"${id}"`) {
  return { kind: 'meta', id, revision, body } satisfies LedgerChange
}

/** Every row of the ledger, in the order told. */
export async function loadAll(ledger: Ledger): Promise<LedgerRow[]> {
  const all: LedgerRow[] = []
  await ledger.load((rows) => void all.push(...rows))
  return all
}

export function rowOf({ kind, id, revision, body }: LedgerChange): LedgerRow {
  if (body === null) throw new Error('a deletion leaves no row')
  return { kind, id, revision, body }
}

export function ledgerContract(name: string, underTest: LedgerUnderTest): void {
  const opened: Ledger[] = []
  const open = async (eventsKept = 100) => {
    const ledger = await underTest.open({ eventsKept })
    opened.push(ledger)
    return ledger
  }
  afterEach(async () => {
    await Promise.all(opened.splice(0).map((ledger) => ledger.close()))
  })

  describe(`${name} keeps records`, () => {
    it('has no rows, no events and revision 0 when it is new', async () => {
      const ledger = await open()
      expect(await loadAll(ledger)).toEqual([])
      expect(await ledger.events(null, 10)).toEqual({ gone: false, events: [] })
      expect(ledger.lastRevision()).toBe(0)
    })

    it('gives the rows by revision, changed ones at their new place', async () => {
      const ledger = await open()
      await ledger.commit([change(1, 'a'), change(2, 'b'), quietChange(2, 'boot')])
      await ledger.commit([change(3, 'c'), change(4, 'a', '"again"')])
      expect(await loadAll(ledger)).toEqual([
        rowOf(change(2, 'b')),
        rowOf(quietChange(2, 'boot')),
        rowOf(change(3, 'c')),
        rowOf(change(4, 'a', '"again"')),
      ])
    })

    it('applies changes of one object within a commit in their order', async () => {
      const ledger = await open()
      await ledger.commit([change(1, 'a'), change(2, 'a', null), change(3, 'a', '"third"')])
      await ledger.commit([change(4, 'b'), change(5, 'b', null)])
      expect(await loadAll(ledger)).toEqual([rowOf(change(3, 'a', '"third"'))])
    })

    it('reads replies one by one and loads none at start, because they are many and large', async () => {
      const ledger = await open()
      const reply = (revision: number, id: string, body: string | null): LedgerChange => ({
        kind: 'reply',
        id,
        revision,
        body,
      })
      await ledger.commit([reply(1, 'a', '"one"'), quietChange(2, 'a'), reply(2, 'b', '"two"')])
      await ledger.commit([reply(3, 'a', '"again"'), reply(3, 'b', null)])
      expect(await loadAll(ledger)).toEqual([rowOf(quietChange(2, 'a'))])
      expect(await Promise.all(['a', 'b', 'c'].map((id) => ledger.reply(id)))).toEqual([
        '"again"',
        null,
        null,
      ])
    })

    it('keeps ids of different kinds apart', async () => {
      const ledger = await open()
      await ledger.commit([change(1, 'same'), quietChange(2, 'same')])
      await ledger.commit([change(3, 'same', null)])
      expect(await loadAll(ledger)).toEqual([rowOf(quietChange(2, 'same'))])
    })

    it('counts deletions and unknown objects in the last revision', async () => {
      const ledger = await open()
      await ledger.commit([change(1, 'a'), change(7, 'a', null)])
      expect(ledger.lastRevision()).toBe(7)
      await ledger.commit([quietChange(9, 'never-was', null)])
      expect(ledger.lastRevision()).toBe(9)
      expect(await loadAll(ledger)).toEqual([])
    })

    it('takes an empty commit as done', async () => {
      const ledger = await open()
      await ledger.commit([])
      expect(ledger.lastRevision()).toBe(0)
    })

    it('carries out commits in the order of calling, one still in flight or not', async () => {
      const ledger = await open()
      const ids = Array.from({ length: 50 }, (_, at) => `id-${at}`)
      await Promise.all(ids.map((id, at) => ledger.commit([change(at + 1, id)])))
      expect(await loadAll(ledger)).toEqual(ids.map((id, at) => rowOf(change(at + 1, id))))
    })

    it('shows a commit to a load that was asked for after it', async () => {
      const ledger = await open()
      const committed = ledger.commit([change(1, 'a')])
      expect(await loadAll(ledger)).toEqual([rowOf(change(1, 'a'))])
      await committed
    })
  })

  describe(`${name} refuses defects before it writes`, () => {
    const cases: readonly (readonly [string, readonly LedgerChange[]])[] = [
      ['a revision that goes down', [change(6, 'x'), quietChange(5, 'y')]],
      ['a revision below the last one', [quietChange(4, 'x')]],
      ['an event at the last revision', [change(5, 'x')]],
      ['two events of one revision', [change(6, 'x'), change(6, 'y')]],
      ['a revision that is no integer', [change(6.5, 'x')]],
      ['a revision beyond 2^53-1', [change(2 ** 53, 'x')]],
      [
        'an event of another revision',
        [{ ...quietChange(6, 'x'), event: { ...change(7, 'x').event } }],
      ],
    ]
    it.each(cases)('%s', async (_cause, changes) => {
      const ledger = await open()
      await ledger.commit([change(5, 'a')])
      await expect(ledger.commit(changes)).rejects.toThrow(InvariantViolation)
      await ledger.commit([change(6, 'b')])
      expect(await loadAll(ledger)).toEqual([rowOf(change(5, 'a')), rowOf(change(6, 'b'))])
      expect(ledger.lastRevision()).toBe(6)
    })
  })

  describe(`${name} keeps events`, () => {
    it('gives what comes after a revision, in order and at most as many as asked', async () => {
      const ledger = await open()
      await ledger.commit([change(1, 'a'), quietChange(2, 'boot'), change(3, 'b')])
      await ledger.commit([change(4, 'a', null)])
      const events = [change(1, 'a'), change(3, 'b'), change(4, 'a', null)].map((c) => c.event)
      expect(await ledger.events(null, 10)).toEqual({ gone: false, events })
      expect(await ledger.events(0, 10)).toEqual({ gone: false, events })
      expect(await ledger.events(1, 10)).toEqual({ gone: false, events: events.slice(1) })
      expect(await ledger.events(2, 1)).toEqual({ gone: false, events: events.slice(1, 2) })
      expect(await ledger.events(4, 10)).toEqual({ gone: false, events: [] })
      expect(await ledger.events(99, 10)).toEqual({ gone: false, events: [] })
    })

    it('drops the oldest beyond its limit and says so to whom it matters', async () => {
      const ledger = await open(3)
      for (let revision = 1; revision <= 5; revision += 1) {
        await ledger.commit([change(revision, `id-${revision}`)])
      }
      const kept = [3, 4, 5].map((revision) => change(revision, `id-${revision}`).event)
      expect(await ledger.events(null, 10)).toEqual({ gone: false, events: kept })
      expect(await ledger.events(2, 10)).toEqual({ gone: false, events: kept })
      expect(await ledger.events(1, 10)).toEqual({ gone: true, events: [] })
      expect(await loadAll(ledger)).toHaveLength(5)
    })

    it('keeps or drops 64 events of a commit together, and the newest in any case', async () => {
      const ledger = await open(2)
      const changes = Array.from({ length: 600 }, (_, at) => change(at + 1, `id-${at}`))
      await ledger.commit(changes)
      const events = changes.slice(576).map((each) => each.event)
      expect(await ledger.events(null, 1_000)).toEqual({ gone: false, events })
      expect(await ledger.events(590, 1_000)).toEqual({ gone: false, events: events.slice(14) })
      expect(await ledger.events(576, 3)).toEqual({ gone: false, events: events.slice(0, 3) })
      expect(await ledger.events(575, 10)).toEqual({ gone: true, events: [] })
      await ledger.commit([change(601, 'a'), change(602, 'b')])
      const last = [change(601, 'a'), change(602, 'b')].map((each) => each.event)
      expect(await ledger.events(600, 10)).toEqual({ gone: false, events: last })
      expect(await ledger.events(599, 10)).toEqual({ gone: true, events: [] })
    })

    it('keeps long events apart, so that nobody reads many of them to have one', async () => {
      const ledger = await open(1)
      const body = JSON.stringify('x'.repeat(600_000))
      const changes = [1, 2, 3].map((revision) => change(revision, 'long', body))
      await ledger.commit(changes)
      const events = changes.slice(2).map((each) => each.event)
      expect(await ledger.events(null, 10)).toEqual({ gone: false, events })
      expect(await ledger.events(1, 10)).toEqual({ gone: true, events: [] })
    })

    it.each([0, -1, 1.5, EVENTS_PAGE + 1])('refuses a page of %s as a defect', async (limit) => {
      const ledger = await open()
      await expect(ledger.events(null, limit)).rejects.toThrow(InvariantViolation)
    })
  })

  describe(`${name} once closed`, () => {
    it('refuses every call but another close', async () => {
      const ledger = await open()
      await ledger.commit([change(1, 'a')])
      await ledger.close()
      await ledger.close()
      const refused = { code: 'shutting_down' }
      await expect(ledger.commit([change(2, 'b')])).rejects.toMatchObject(refused)
      await expect(loadAll(ledger)).rejects.toMatchObject(refused)
      await expect(ledger.events(null, 1)).rejects.toMatchObject(refused)
    })

    it('has carried out what was asked before', async () => {
      const ledger = await open()
      const committed = ledger.commit([change(1, 'a')])
      await ledger.close()
      await committed
      expect(ledger.lastRevision()).toBe(1)
    })
  })

  it(`${name} agrees with a map of the last bodies and the tail of all events`, async () => {
    const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }).map(wellFormed))
    const step = fc.record({
      kind: fc.constantFrom('handle', 'mapping', 'meta', 'answer'),
      id: fc.oneof(fc.constantFrom('a', 'b', 'c', 'd'), text),
      body: fc.option(fc.json(), { freq: 4 }),
      told: fc.boolean(),
      gap: fc.integer({ min: 1, max: 3 }),
    })
    const commits = fc.array(fc.array(step, { maxLength: 8 }), { maxLength: 12 })
    const property = fc.asyncProperty(
      commits,
      fc.integer({ min: 1, max: 9 }),
      async (lists, kept) => {
        const ledger = await open(kept)
        const model = {
          rows: new Map<string, LedgerRow>(),
          groups: [] as LedgerEvent[][],
          revision: 0,
        }
        for (const list of lists) {
          const changes = list.map(({ gap, told, kind, id, body }) => {
            model.revision += gap
            const revision = model.revision
            const plain = { kind, id, revision, body } as LedgerChange
            return told ? { ...plain, event: change(revision, id, body).event } : plain
          })
          await ledger.commit(changes)
          for (const each of changes) {
            const key = JSON.stringify([each.kind, each.id])
            model.rows.delete(key)
            if (each.body !== null) model.rows.set(key, rowOf(each))
          }
          model.groups.push(changes.flatMap(({ event }) => (event === undefined ? [] : [event])))
          while (model.groups.slice(1).flat().length >= kept) model.groups.shift()
        }
        expect(await loadAll(ledger)).toEqual([...model.rows.values()])
        const events = model.groups.flat()
        expect(await ledger.events(null, EVENTS_PAGE)).toEqual({ gone: false, events })
        expect(ledger.lastRevision()).toBe(model.revision)
        await ledger.close()
      },
    )
    await fc.assert(property, { numRuns: 40 })
  }, 60_000)
}

function wellFormed(text: string): string {
  return text.toWellFormed()
}
