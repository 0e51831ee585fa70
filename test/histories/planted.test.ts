/** Planted bugs: what lies to its clients, or is judged by broken rules, is found out. */
import { expect, test } from 'vitest'
import { randomFrom } from '../ledger/batches.ts'
import { outcomesOf } from './lane/outcomes.ts'
import { laneSpecification, type OutcomesOf } from './lane/specification.ts'
import { playHistories } from './record/board.ts'
import { type Lie, startLyingProxy } from './record/lying-proxy.ts'
import { startQuickService } from './record/quick-service.ts'

const SEED = Number(process.env['DAXD_HISTORIES_SEED'] ?? process.env['DAXD_TEST_SEED'])
const LANES = 4
/** Each bug has been found within a tenth of these. */
const HISTORIES_MAX = 400
const TIMEOUT_MS = 300_000

/** Whichever of its signs is seen first. */
const STALE = /No order explains it|a later change|was told before/

test.each<[Lie, RegExp]>([
  ['a read is answered from the time before', STALE],
  ['a deletion is answered before it is done', STALE],
  // Whoever comes upon the handle that nobody knows of tells it in words of its own.
  ['an open is sent twice', /handle|refs|items|busy|was answered/],
  ['a mapping is granted though it was refused', /was answered, not|No order explains it/],
])(
  'a proxy before the daemon is found out: %s',
  async (lie, reason) => {
    const random = randomFrom(SEED)
    const eventsUrl = await startQuickService()
    const url = await startLyingProxy(eventsUrl, lie, random)
    const options = { url, eventsUrl, lanes: LANES, random }
    const { faults, histories } = await playHistories(options, HISTORIES_MAX)
    console.log(`${lie}: found in ${histories} histories`)
    const told = faults.join('\n')
    expect(told, `DAXD_HISTORIES_SEED=${SEED}\n${told}`).toMatch(reason)
  },
  TIMEOUT_MS,
)

test(
  'a proxy that does not lie is not accused',
  async () => {
    const random = randomFrom(SEED)
    const eventsUrl = await startQuickService()
    const url = await startLyingProxy(eventsUrl, 'nothing', random)
    const { faults } = await playHistories({ url, eventsUrl, lanes: LANES, random }, 40)
    expect(faults, `DAXD_HISTORIES_SEED=${SEED}`).toEqual([])
  },
  TIMEOUT_MS,
)

/** As if a revoke left the mappings alive, or a closed handle still counted. */
const BROKEN: readonly [string, OutcomesOf][] = [
  [
    'a revoke leaves mappings live',
    (state, operation, phase) =>
      outcomesOf(state, operation, phase).map((outcome) =>
        operation.call.type !== 'disable' || phase === 0
          ? outcome
          : {
              ...outcome,
              next: (revision) => ({ ...outcome.next(revision), mappings: state.mappings }),
            },
      ),
  ],
  [
    'closing forgets nothing',
    (state, operation, phase) =>
      outcomesOf(state, operation, phase).map((outcome) =>
        operation.call.type === 'close' ? { ...outcome, next: () => ({ ...state }) } : outcome,
      ),
  ],
  [
    'enabling begins no generation',
    (state, operation, phase) =>
      outcomesOf(state, operation, phase).map((outcome) =>
        operation.call.type !== 'enable'
          ? outcome
          : {
              ...outcome,
              next: (revision) => {
                const next = outcome.next(revision)
                const { generation } = state.life
                return { ...next, life: { state: 'enabled', generation } }
              },
            },
      ),
  ],
]

test.each(BROKEN)(
  'a daemon that is right contradicts broken rules: %s',
  async (_name, outcomes) => {
    const random = randomFrom(SEED)
    const url = await startQuickService()
    const specification = laneSpecification({ inRevisionOrder: true, outcomes })
    const played = await playHistories({ url, lanes: LANES, random, specification }, HISTORIES_MAX)
    expect(played.faults.join('\n'), `DAXD_HISTORIES_SEED=${SEED}`).toMatch('No order explains it')
  },
  TIMEOUT_MS,
)
