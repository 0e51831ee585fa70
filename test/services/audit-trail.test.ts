import { expect, it } from 'vitest'
import type { Principal } from '../../src/core/principal.ts'
import type { AuditEntry } from '../../src/ports/audit.ts'
import { byDaxd } from '../../src/services/audit-note.ts'
import { createAudit } from '../../src/services/audit-trail.ts'
import { serviceFixture } from './fixture.ts'
import { deviceDraft, handleDraft, leaseDraft } from './world/drafts.ts'

const EVE: Principal = { name: 'eve', role: 'viewer', tenant: 'blue', via: 'token' }

function refusal(action: string) {
  const call = 'DELETE /v1/regions/:id'
  return {
    actor: EVE,
    source: '10.0.0.9',
    request_id: 'r-1',
    call,
    action,
    code: 'forbidden',
    asked: null,
  }
}

async function auditFixture() {
  const fixture = await serviceFixture()
  const logged: [facts: object, message: string][] = []
  const log = { ...fixture.log, info: (...line: [object, string]) => void logged.push(line) }
  const audit = createAudit({ ...fixture, log })
  const entries = async () => {
    const { links } = await audit.list({ after: 0, limit: 1000 })
    return links.map(({ text }) => JSON.parse(text) as AuditEntry)
  }
  return { ...fixture, audit, entries, logged }
}

it('writes down who was refused what, from where and with which code', async () => {
  const { audit, entries, world } = await auditFixture()
  audit.refusal(refusal('regions:change'))
  await world.idle()
  expect(await entries()).toEqual([
    {
      actor: EVE,
      source: '10.0.0.9',
      request_id: 'r-1',
      call: 'DELETE /v1/regions/:id',
      action: 'regions:change',
      at_ms: 0,
      tenant: 'blue',
      why: { code: 'forbidden' },
      outcome: 'refused',
      object: null,
      revisions: null,
      changes: [],
      unlisted: 0,
    },
  ])
})

it('writes ten refusals a second one by one and counts the others by who and what', async () => {
  const { audit, entries, clock, world } = await auditFixture()
  for (let at = 0; at < 10; at += 1) audit.refusal(refusal('regions:change'))
  for (let at = 0; at < 500; at += 1) audit.refusal(refusal('regions:change'))
  audit.refusal(refusal('host:read'))
  await world.idle()
  expect(await entries()).toHaveLength(10)
  await clock.advance(1_000)
  await world.idle()
  const all = await entries()
  expect(all).toHaveLength(11)
  expect(all[10]).toMatchObject({
    actor: { name: 'daxd' },
    action: 'refusals:counted',
    outcome: 'refused',
    why: {
      count: 501,
      of: [
        { actor: 'eve', tenant: 'blue', source: '10.0.0.9', action: 'regions:change', count: 500 },
        { actor: 'eve', tenant: 'blue', source: '10.0.0.9', action: 'host:read', count: 1 },
      ],
    },
  })
  audit.refusal(refusal('regions:change'))
  await world.idle()
  expect(await entries()).toHaveLength(12)
})

it('tells only so many kinds of counted refusals apart, and all of them in the total', async () => {
  const { audit, entries, world } = await auditFixture()
  for (let at = 0; at < 1_010; at += 1) audit.refusal(refusal(`action-${at}`))
  audit.stop()
  await world.idle()
  const why = (await entries()).at(-1)?.why as { count: number; of: object[] }
  expect([why.count, why.of.length]).toEqual([1_000, 20])
})

it('writes what was counted when daxd ends, and nothing when there is nothing', async () => {
  const { audit, entries, world } = await auditFixture()
  audit.stop()
  await world.idle()
  expect(await entries()).toEqual([])
})

it('logs the end of the chain each hour, so that a log kept elsewhere shows what was cut off', async () => {
  const { audit, clock, world, logged } = await auditFixture()
  await world.commit((tx) => tx.create('lease', leaseDraft('l-1')))
  audit.start()
  await clock.advance(3_600_000)
  const { number, hash } = await audit.head()
  expect(logged).toEqual([[{ audit_number: number, audit_hash: hash }, 'audit head']])
  expect(number).toBe(1)
  audit.stop()
})

it('shares one look among those who ask for the same at once, and looks again later', async () => {
  const { audit, ledger, world } = await auditFixture()
  let looks = 0
  const { verifyAudit } = ledger
  Object.assign(ledger, {
    verifyAudit(expected: string | null) {
      looks += 1
      return verifyAudit(expected)
    },
  })
  await world.commit((tx) => tx.create('lease', leaseDraft('l-1')))
  const [one, two] = await Promise.all([audit.verify(null), audit.verify(null)])
  expect(one).toEqual(two)
  expect([looks, one.entries]).toEqual([1, 1])
  await audit.verify(null)
  expect(looks).toBe(2)
})

it('has an entry exactly for what was kept: not for a refusal, a rehearsal or a lost commit', async () => {
  const { entries, ledger, world } = await auditFixture()
  const make = (id: string) => world.commit((tx) => tx.create('lease', leaseDraft(id)))
  await make('l-1')
  const refuse = world.commit((tx) => {
    tx.create('lease', leaseDraft('l-2'))
    throw new Error('refused at the end')
  })
  await expect(refuse).rejects.toThrow('refused at the end')
  world.rehearse((tx) => tx.create('lease', leaseDraft('l-3')))
  await world.commit((tx) => tx.setAux('meta', 'quiet', '1'))
  ledger.hold()
  const lost = make('l-4')
  await ledger.held()
  ledger.fail(new Error('the disk is gone'))
  await expect(lost).rejects.toThrow()
  ledger.open()
  expect((await entries()).map(({ object }) => object?.id)).toEqual(['l-1'])
})

it('is about what matters most of what changed, and lists a bounded part of a large change', async () => {
  const { entries, world } = await auditFixture()
  const device = await world.commit((tx) => tx.create('device', deviceDraft('d-1', 'dax0.1')))
  await world.commit((tx) => {
    tx.audit(byDaxd('first'))
    tx.audit(byDaxd('last word'))
    tx.explain({ region: 0 })
    tx.explain({ policy: 'first-fit' })
    for (let at = 0; at < 250; at += 1) tx.create('handle', handleDraft(`h-${at}`, device))
    tx.create('lease', { ...leaseDraft('l-1'), labels: { long: 'x'.repeat(100_000) } })
  })
  const [, large] = await entries()
  expect(large).toMatchObject({
    action: 'last word',
    object: { kind: 'lease', id: 'l-1' },
    why: { region: 0, policy: 'first-fit' },
    unlisted: 151,
  })
  expect(large?.changes).toHaveLength(100)
})

it('leaves out what was before and after once an entry is long', async () => {
  const { entries, world } = await auditFixture()
  const labels = { long: 'x'.repeat(70_000) }
  await world.commit((tx) => {
    tx.create('lease', { ...leaseDraft('l-1'), labels })
    tx.create('lease', { ...leaseDraft('l-2'), labels })
  })
  const [entry] = await entries()
  expect(entry?.changes.map((change) => Object.keys(change))).toEqual([
    ['kind', 'id', 'type', 'after'],
    ['kind', 'id', 'type'],
  ])
})
