/** Histories made by the specification itself: right ones are taken, altered ones are not. */
import { describe, expect, it } from 'vitest'
import { randomFrom } from '../../ledger/batches.ts'
import { checkHistory } from '../checker/check.ts'
import { pick } from '../record/choose.ts'
import type { LaneOperation } from '../record/lane.ts'
import type { LaneAnswer } from './calls.ts'
import { makeHistory } from './random-history.ts'
import { laneSpecification } from './specification.ts'

const SEED = Number(process.env['DAXD_TEST_SEED'])
const HISTORIES = 300
const LENGTH = 18

function judged(initial: Parameters<typeof checkHistory>[1], operations: readonly LaneOperation[]) {
  return checkHistory(laneSpecification(), initial as never, operations)
}

/** The answer as it must not be: another code, or another value in place of one that it shows. */
function altered(random: () => number, answer: LaneAnswer): LaneAnswer {
  if ('code' in answer) return random() < 0.5 ? { code: 'busy!' } : {}
  const { refs, items, ...values } = answer as Record<string, unknown>
  const names = [
    ...Object.keys(values).filter((name) => name !== 'revision'),
    ...(refs === undefined ? [] : ['refs']),
    ...(items === undefined ? [] : ['items']),
  ]
  const name = pick(random, names)
  if (name === undefined) return { code: 'no_such_thing' }
  const instead = {
    refs: { handles: 7, mappings: 0 },
    items: { nobody: {} },
    state: 'gone',
  }
  return { ...answer, [name]: instead[name as 'refs'] ?? 4711 }
}

describe('a history made one call after the other', () => {
  it.each([0, 1, 2])('is explained, with calls stretched over %i neighbours', (overlap) => {
    const random = randomFrom(SEED + overlap)
    for (let count = 0; count < HISTORIES; count += 1) {
      const { initial, operations } = makeHistory(random, LENGTH, overlap)
      const verdict = judged(initial, operations)
      expect(verdict, `seed ${SEED}: ${JSON.stringify(operations)}`).toMatchObject({
        kind: 'explained',
      })
    }
  })

  it('is explained when some of its answers are forgotten', () => {
    const random = randomFrom(SEED)
    for (let count = 0; count < HISTORIES; count += 1) {
      const { initial, operations } = makeHistory(random, LENGTH, 1)
      const vague = operations.map((one) =>
        random() < 0.15 ? { ...one, answer: null, end: Number.POSITIVE_INFINITY } : one,
      )
      const { kind } = judged(initial, vague)
      expect(kind, `seed ${SEED}: ${JSON.stringify(vague)}`).toBe('explained')
    }
  })

  it('is a contradiction with any one answer altered, and that answer is the reason', () => {
    const random = randomFrom(SEED)
    for (let count = 0; count < HISTORIES; count += 1) {
      const { initial, operations } = makeHistory(random, LENGTH, 0)
      const at = Math.floor(random() * LENGTH)
      const wrong = { ...operations[at]!, answer: altered(random, operations[at]!.answer!) }
      const verdict = judged(initial, operations.with(at, wrong))
      const shown = `seed ${SEED}: ${JSON.stringify(operations.with(at, wrong))}`
      expect(verdict.kind, shown).toBe('contradiction')
      if (verdict.kind !== 'contradiction') continue
      expect(
        verdict.obstacles.map(({ id }) => id),
        shown,
      ).toEqual([at])
    }
  })

  it('is a contradiction when two changes swap their revisions', () => {
    const random = randomFrom(SEED)
    let swapped = 0
    for (let count = 0; count < HISTORIES; count += 1) {
      const { initial, operations } = makeHistory(random, LENGTH, 0)
      const changes = operations.filter(
        ({ call, answer }) =>
          ['open', 'map', 'lease'].includes(call.type) && answer !== null && 'revision' in answer,
      )
      const [one, two] = changes
      if (one === undefined || two === undefined) continue
      swapped += 1
      const wrong = operations.map((each) => {
        const other = each === one ? two : each === two ? one : null
        if (other === null) return each
        return { ...each, answer: { ...each.answer, revision: revisionOf(other) } }
      })
      expect(judged(initial, wrong as LaneOperation[]).kind, `seed ${SEED}`).toBe('contradiction')
    }
    expect(swapped).toBeGreaterThan(HISTORIES / 2)
  })

  it('is mostly a contradiction with an answer altered though calls overlap', () => {
    const random = randomFrom(SEED)
    let refused = 0
    for (let count = 0; count < HISTORIES; count += 1) {
      const { initial, operations } = makeHistory(random, LENGTH, 2)
      const at = Math.floor(random() * LENGTH)
      const other = operations[(at + 1 + Math.floor(random() * (LENGTH - 1))) % LENGTH]!
      // The answer that another call of its kind has got, where there is one.
      const same = operations.find(
        ({ call, id }) => id !== at && call.type === operations[at]!.call.type,
      )
      const answer = (same ?? other).answer!
      if (JSON.stringify(answer) === JSON.stringify(operations[at]!.answer)) continue
      const { kind } = judged(initial, operations.with(at, { ...operations[at]!, answer }))
      if (kind === 'contradiction') refused += 1
    }
    expect(refused, `seed ${SEED}`).toBeGreaterThan(HISTORIES / 2)
  })
})

function revisionOf({ answer }: LaneOperation): number {
  return (answer as { revision: number }).revision
}
