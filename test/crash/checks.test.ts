/** The checks of the crash run can fail: evidence that is falsified in one place is caught. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeAll, expect, test } from 'vitest'
import { type Evidence, judge } from './support/check.ts'
import { crashRun } from './support/crash-run.ts'
import type { Body } from './support/http.ts'
import type { ClientRecord, Thing, ThingKind } from './support/record.ts'

const SEED = Number(process.env['DAXD_TEST_SEED'])
/** Enough for something of every kind; tests look for a seed with it from theirs on. */
const KILLS = 4
const RUNS_MAX = 5
const SEEDS_APART = 1_000_000
const TIMEOUT_MS = 600_000

let genuine: Evidence

function thingsOf({ clients }: Evidence, kind: ThingKind): Thing[] {
  return clients.flatMap(({ there }) =>
    [...there.values()].filter((one) => one.kind === kind && !one.mortal && one.lease === null),
  )
}

const KINDS = ['namespace', 'handle', 'mapping', 'lease', 'claim'] as const

function isRich({ evidence }: { evidence: Evidence }): boolean {
  const hasAll = KINDS.every((kind) => thingsOf(evidence, kind).length > 0)
  return hasAll && evidence.witness.window.size > 1
}

beforeAll(async () => {
  for (let at = 0; at < RUNS_MAX; at += 1) {
    const report = await crashRun({
      seed: SEED + at * SEEDS_APART,
      kills: KILLS,
      lifeSuccesses: 150,
    })
    const { evidence } = report.last ?? {}
    if (evidence !== null && evidence !== undefined && isRich({ evidence })) {
      genuine = evidence
      return
    }
  }
  throw new Error(`no run from seed ${SEED} on had something of every kind`)
}, TIMEOUT_MS)

/** The first thing of a kind, its owner and what is listed of it. */
function example(evidence: Evidence, kind: (typeof KINDS)[number]) {
  const [thing] = thingsOf(evidence, kind)
  const item = evidence.shown.things[kind].find(({ labels }) => labels.op === thing?.key)
  if (thing === undefined || item === undefined) throw new Error(`there is no ${kind}`)
  return { thing, item }
}

function firstClient({ clients }: Evidence): ClientRecord {
  const [client] = clients
  if (client === undefined) throw new Error('there is no client')
  return client
}

function lastEvent({ witness }: Evidence): Body {
  return [...witness.window.values()].at(-1)
}

const FALSIFIED: readonly [
  name: string,
  falsify: (evidence: Evidence) => unknown,
  fault: RegExp,
][] = [
  ...KINDS.map((kind): [string, (evidence: Evidence) => unknown, RegExp] => [
    `an acknowledged ${kind} that is not there`,
    ({ shown, ...rest }) => {
      const items = shown.things[kind] as Body[]
      items.splice(items.indexOf(example({ shown, ...rest }, kind).item), 1)
    },
    new RegExp(`${kind} \\S+ \\(\\S+\\) was acknowledged and is lost`),
  ]),
  [
    'a namespace that is shown with another size than was acknowledged',
    (evidence) => {
      example(evidence, 'namespace').item.size += 1
    },
    /namespace \S+ \(\S+\) has changed: size/,
  ],
  [
    'a mapping that nobody made',
    (evidence) => {
      const { thing, item } = example(evidence, 'mapping')
      const twin = { ...item, id: 'm-twin', labels: { op: `${thing.key}-twin` } }
      ;(evidence.shown.things.mapping as Body[]).push(twin)
    },
    /-twin is there and nobody's/,
  ],
  [
    'an exclusive mapping in the place of another',
    (evidence) => {
      const { item } = example(evidence, 'mapping')
      item.exclusive = true
      ;(evidence.shown.things.mapping as Body[]).push({ ...item, id: 'm-twin', labels: {} })
    },
    /overlaps/,
  ],
  [
    'references that do not add up',
    (evidence) => {
      const { item } = example(evidence, 'handle')
      const device = evidence.shown.devices.find(({ chardev }) => chardev === item.chardev)
      device.refs.handles += 1
    },
    /refs .* listed/,
  ],
  [
    'a region with less to give than its map has free',
    ({ shown }) => {
      const [first] = shown.regions
      if (first !== undefined) first.region.available_size -= 1
    },
    /region 0: \d+ free, \d+ available/,
  ],
  [
    'a claim without its mapping',
    (evidence) => {
      const { item } = example(evidence, 'claim')
      const mappings = evidence.shown.things.mapping as Body[]
      const at = mappings.findIndex(({ id }) => id === item.mapping)
      mappings.splice(at, 1)
    },
    /claim \S+ lacks a part/,
  ],
  [
    'a batch of which half has happened',
    (evidence) => {
      const client = firstClient(evidence)
      const { thing } = example(evidence, 'handle')
      const made = { ...thing, key: 'half', id: null }
      const effects = { creates: [thing, made], deletes: [], sets: [], refusals: [] }
      const change = { method: 'POST', path: '/v1/batch', options: {}, ...effects }
      client.unanswered.push({ change, operation: null })
    },
    /POST \/v1\/batch happened in part: true,false/,
  ],
  [
    'an acknowledged operation that is not there',
    (evidence) => {
      const change = { method: 'POST', path: '/', options: {}, refusals: [] }
      const open = { ...change, creates: [], deletes: [], sets: [] }
      firstClient(evidence).unanswered.push({ change: open, operation: 'o-lost' })
    },
    /operation o-lost was acknowledged and is lost/,
  ],
  [
    'a device in another generation than was acknowledged',
    (evidence) => {
      const { power } = firstClient(evidence)
      const device = evidence.shown.devices.find(({ chardev }) => chardev === power.id)
      device.generation -= 1
    },
    /device c0-power \(\S+\) has changed: generation/,
  ],
  [
    'a change without its entry in the audit',
    ({ audited }) => {
      const entries = audited.entries as Body[]
      entries.splice(
        entries.findIndex(({ revisions }) => revisions !== null),
        1,
      )
    },
    /event \d+ is in no entry of the audit/,
  ],
  [
    'an entry of the audit without its change',
    ({ audited }) => {
      const entry = audited.entries.find(({ changes }) => changes.length > 0)
      entry.changes.push({ kind: 'lease', id: 'l-none', type: 'created' })
    },
    /entry \d+ tells of .*created lease l-none/,
  ],
  [
    'an audit that is not whole',
    ({ audited }) => {
      audited.verdict.whole = false
    },
    /the audit is not whole/,
  ],
  [
    'an event that was streamed and is kept no more',
    (evidence) => {
      const collected = evidence.collected as Body[]
      collected.splice(collected.length - 1, 1)
    },
    /\d+ events were streamed, \d+ are kept/,
  ],
  [
    'an event that never came',
    ({ witness, ...rest }) => {
      const { revision } = lastEvent({ witness, ...rest })
      witness.window.delete(revision)
    },
    /streamed .* kept|events were streamed/,
  ],
  [
    'a value that was shown before the crash and is in no event',
    (evidence) => {
      const { item } = example(evidence, 'lease')
      const body = { ...item, revision: evidence.witness.newest + 1 }
      evidence.witness.seen.set('planted', { kind: 'lease', body })
    },
    /lease \S+ was shown, and no event has it/,
  ],
  [
    'an event that contradicts what is listed',
    ({ witness, ...rest }) => {
      const { item } = example({ witness, ...rest }, 'handle')
      witness.now.set(`handle ${item.id}`, { ...item, holder: 'another' })
    },
    /handle \S+: the events give .* listed is/,
  ],
]

test('evidence that is genuine has no fault', () => {
  expect(judge(structuredClone(genuine)).faults).toEqual([])
})

test.each(FALSIFIED)('%s is caught', (_name, falsify, fault) => {
  const evidence = structuredClone(genuine)
  falsify(evidence)
  const { faults } = judge(evidence)
  expect(
    faults.filter((one) => fault.test(one)),
    faults.join('\n'),
  ).not.toEqual([])
})

test(
  'a ledger that has lost the row of an acknowledged object is caught, whether daxd starts or not',
  async () => {
    const { faults, directory } = await crashRun({
      seed: SEED,
      kills: 2,
      lifeSuccesses: 60,
      whileDown(state) {
        const database = new DatabaseSync(join(state, 'ledger.db'))
        const newest = "SELECT max(seq) FROM records WHERE kind IN ('handle', 'mapping', 'lease')"
        database.exec(`DELETE FROM records WHERE seq = (${newest})`)
        database.close()
      },
    })
    rmSync(directory, { recursive: true, force: true })
    expect(faults.join('\n')).toMatch(/is in the events, and not listed|daxd ended with \d/)
  },
  TIMEOUT_MS,
)
