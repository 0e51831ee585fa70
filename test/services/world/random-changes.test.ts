import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { DaxError } from '../../../src/core/errors.ts'
import type { RecordOf } from '../../../src/core/model.ts'
import type { Kind } from '../../../src/core/vocabulary.ts'
import { createIndexes } from '../../../src/services/world/indexes.ts'
import { mappingId } from '../../../src/services/world/mapping-number.ts'
import { createSpaces } from '../../../src/services/world/spaces.ts'
import { keyOf } from '../../../src/services/world/state.ts'
import type { Transaction } from '../../../src/services/world/transaction.ts'
import type { World } from '../../../src/services/world/world.ts'
import { deviceDraft, handleDraft, leaseDraft, mappingDraft, namespaceDraft } from './drafts.ts'
import { worldFixture } from './fixture.ts'

const DEVICES = ['d-0', 'd-1', 'd-2'] as const
const UNITS = 4
const COUNTED: readonly Kind[] = ['device', 'handle', 'mapping', 'lease', 'namespace']

/** One change of one thing out of few, so that changes meet: made, made again, taken away. */
interface Step {
  readonly what: 'device' | 'handle' | 'mapping' | 'lease' | 'namespace' | 'revoke' | 'generation'
  readonly which: number
  readonly device: number
}

const step: fc.Arbitrary<Step> = fc.record({
  what: fc.constantFrom<Step['what']>(
    'device',
    'handle',
    'mapping',
    'mapping',
    'lease',
    'namespace',
    'revoke',
    'generation',
  ),
  which: fc.nat(UNITS - 1),
  device: fc.nat(DEVICES.length - 1),
})

interface Change {
  readonly kind: 'commit' | 'refused' | 'rehearse'
  readonly steps: readonly Step[]
}

type Command = Change | { readonly kind: 'release' | 'fail' }

const steps = fc.array(step, { minLength: 1, maxLength: 6 })
const change = (kind: Change['kind']): fc.Arbitrary<Command> =>
  steps.map((steps) => ({ kind, steps }))
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: change('commit') },
  { weight: 2, arbitrary: change('refused') },
  { weight: 2, arbitrary: change('rehearse') },
  { weight: 3, arbitrary: fc.constant({ kind: 'release' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'fail' } as const) },
)

/** Makes the thing of a step if it is not there, takes it away if it is. */
function apply(tx: Transaction, { what, which, device: at }: Step): void {
  const uid = DEVICES[at]!
  const device = tx.view.get('device', uid)
  const id = `${uid}/${which}`
  if (what === 'lease') toggle(tx, 'lease', `l-${which}`, () => leaseDraft(`l-${which}`, 'c'))
  else if (what === 'namespace') {
    toggle(tx, 'namespace', `n-${which}`, () => namespaceDraft(`n-${which}`, `u-${which}-${at}`))
  } else if (what === 'generation') tx.nextGeneration(`dax0.${at}`)
  else if (device === undefined) tx.create('device', deviceDraft(uid, `dax0.${at}`, UNITS))
  else if (what === 'handle') toggle(tx, 'handle', id, () => handleDraft(id, device, `l-${which}`))
  else if (what === 'mapping' && tx.spaces.of(device).conflicts(windowOf(which), 1).length > 0) {
    for (const taken of tx.spaces.of(device).conflicts(windowOf(which), 9)) {
      tx.remove('mapping', tx.view.get('mapping', mappingId(taken))!)
    }
  } else if (what === 'mapping') {
    tx.create('mapping', mappingDraft(tx.newId('m'), device, which, `l-${which}`))
  } else if (what === 'revoke') {
    for (const mapping of [...tx.view.index.mappingsOf(uid)]) {
      tx.update('mapping', tx.view.get('mapping', mapping)!, { state: 'revoked' })
    }
  } else removeDevice(tx, device)
}

function applyAll(tx: Transaction, all: readonly Step[]): void {
  for (const one of all) apply(tx, one)
}

function removeDevice(tx: Transaction, device: RecordOf['device']): void {
  for (const id of [...tx.view.index.mappingsOf(device.uid)]) {
    tx.remove('mapping', tx.view.get('mapping', id)!)
  }
  for (const id of [...tx.view.index.handlesOf(device.uid)]) {
    tx.remove('handle', tx.view.get('handle', id)!)
  }
  tx.remove('device', device)
}

function windowOf(unit: number) {
  const { offset, length, exclusive } = mappingDraft('', { uid: '', chardev: '' }, unit)
  return { offset, length, exclusive }
}

function toggle<K extends Kind>(
  tx: Transaction,
  kind: K,
  key: string,
  draft: () => Parameters<typeof tx.create<K>>[1],
): void {
  const known = tx.view.get(kind, key)
  if (known === undefined) tx.create(kind, draft())
  else tx.remove(kind, known)
}

type Books = ReadonlyMap<string, RecordOf[Kind]>

/** Folds one transaction's changes over the books; the model of what the world should hold. */
function recorded(books: Books, tx: Transaction, work: () => void): Books {
  const next = new Map(books)
  const { create, update, remove } = tx
  Object.assign(tx, {
    create(kind: Kind, draft: never) {
      const record = create(kind, draft)
      next.set(`${kind}/${keyOf(kind, record)}`, record)
      return record
    },
    update(kind: Kind, record: never, changes: never) {
      const after = update(kind, record, changes)
      next.set(`${kind}/${keyOf(kind, after)}`, after)
      return after
    },
    remove(kind: Kind, record: never) {
      remove(kind, record)
      next.delete(`${kind}/${keyOf(kind, record)}`)
    },
  })
  work()
  return next
}

function expectView(view: World['durable'], books: Books): void {
  for (const kind of COUNTED) {
    const wanted = [...books].filter(([key]) => key.startsWith(`${kind}/`)).map(([, r]) => r)
    const listed = [...view.after(kind, -1)] as RecordOf[Kind][]
    const bySeq = (left: RecordOf[Kind], right: RecordOf[Kind]) => left.seq - right.seq
    expect(listed.sort(bySeq)).toEqual(wanted.sort(bySeq))
    expect(view.count(kind)).toBe(wanted.length)
  }
  const rebuilt = createIndexes()
  for (const [key, record] of books) {
    rebuilt.apply(key.slice(0, key.indexOf('/')) as Kind, undefined, record as never)
  }
  expect(indexPicture(view.index)).toEqual(indexPicture(rebuilt))
}

function indexPicture(index: World['durable']['index']): unknown {
  const of = (ids: Iterable<string>) => [...ids].sort()
  const fours = Array.from({ length: UNITS }, (_, at) => at)
  return {
    devices: DEVICES.map((uid, at) => ({
      bearer: index.bearer(`dax0.${at}`),
      bearers: of(index.bearers(`dax0.${at}`)),
      handles: of(index.handlesOf(uid)),
      mappings: of(index.mappingsOf(uid)),
      references: index.references(uid),
    })),
    region: of(index.devicesOf(0)),
    leases: fours.map((at) => [
      of(index.handlesUnder(`l-${at}`)),
      of(index.mappingsUnder(`l-${at}`)),
      index.claimOf(`l-${at}`),
    ]),
    uuids: fours.flatMap((at) => DEVICES.map((_, d) => index.namespaceByUuid(`u-${at}-${d}`))),
  }
}

function expectSpaces(world: World, books: Books): void {
  const rebuilt = createSpaces()
  const devices = [...books].filter(([key]) => key.startsWith('device/'))
  const mappings = [...books].filter(([key]) => key.startsWith('mapping/'))
  for (const [, record] of devices) rebuilt.apply('device', undefined, record as never)
  for (const [, record] of mappings) rebuilt.apply('mapping', undefined, record as never)
  const picture = (spaces: typeof rebuilt) =>
    devices.map(([, record]) => {
      const space = spaces.of(record as RecordOf['device'])
      const taken = Array.from({ length: UNITS }, (_, at) => space.conflicts(windowOf(at), 9))
      return [space.liveCount(), space.freeBytes(), taken]
    })
  expect(world.rehearse((tx) => picture(tx.spaces))).toEqual(picture(rebuilt))
}

async function play(commands: readonly Command[]): Promise<void> {
  const { world, ledger } = await worldFixture()
  let durable: Books = new Map()
  let working: Books = durable
  /** The books after each commit that is in flight or waits, oldest first. */
  let ahead: Books[] = []
  let inFlight = 0
  ledger.hold()

  async function end(kind: 'release' | 'fail'): Promise<void> {
    if (ahead.length === 0) return
    if (inFlight === 0) {
      await ledger.held()
      inFlight = ahead.length
    }
    if (kind === 'fail') {
      ledger.fail(new DaxError('ledger_full', 'No room.'))
      ahead = []
      inFlight = 0
      working = durable
    } else {
      ledger.release()
      durable = ahead[inFlight - 1]!
      ahead = ahead.slice(inFlight)
      inFlight = 0
    }
    if (ahead.length > 0) {
      await ledger.held()
      inFlight = ahead.length
    } else await world.idle()
  }

  for (const next of commands) {
    if (!('steps' in next)) await end(next.kind)
    else if (next.kind === 'rehearse') {
      world.rehearse((tx) => applyAll(tx, next.steps))
    } else if (next.kind === 'refused') {
      const build = (tx: Transaction): void => {
        applyAll(tx, next.steps)
        throw new DaxError('busy', 'refused at the end')
      }
      expect(() => world.transact(build)).toThrow('refused at the end')
    } else {
      const { steps } = next
      const revision = world.lastRevision()
      const { durable: durably } = world.transact((tx) => {
        working = recorded(working, tx, () => applyAll(tx, steps))
      })
      durably.catch(() => undefined)
      // A revoke of nothing changes nothing, and no commit is held for it.
      const isChanged = world.lastRevision() !== revision
      if (!isChanged && steps.every(({ what }) => what !== 'generation')) continue
      ahead.push(working)
      if (ahead.length === 1) {
        await ledger.held()
        inFlight = 1
      }
    }
    expectView(world.working, working)
    expectView(world.durable, durable)
    expectSpaces(world, working)
  }
  ledger.open()
  await world.idle()
  expectView(world.durable, working)
  // What was loaded from the disk is what was in memory.
  const { world: again } = await worldFixture(ledger)
  expectView(again.durable, working)
  expectView(again.working, working)
}

test('over random changes, refusals, rehearsals and failed commits the world is what was accepted', async () => {
  await fc.assert(fc.asyncProperty(fc.array(command, { maxLength: 40 }), play), { numRuns: 150 })
}, 120_000)
