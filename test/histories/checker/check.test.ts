/** The checker judged by histories whose judgement is known. */
import { describe, expect, it } from 'vitest'
import { checkHistory } from './check.ts'
import { DONE, type Operation, partition, type Specification } from './history.ts'
import { shrink } from './shrink.ts'
import { timelineOf } from './timeline.ts'

type Call =
  | { readonly type: 'write'; readonly value: number }
  | { readonly type: 'read' }
  | { readonly type: 'add' }
  | { readonly type: 'delete' }
  | { readonly type: 'lock' }

/** A register that can be deleted; `lock` is granted once. */
interface Register {
  readonly value: number | null
  readonly locked: boolean
}

const EMPTY: Register = { value: null, locked: false }

const register: Specification<Register, Call, unknown> = {
  key: (state) => JSON.stringify(state),
  drift: () => [],
  step(state, { call, answer }) {
    const [next, expected] = run(state, call)
    if (answer !== null && answer !== expected) return { why: `${answer}, not ${expected}` }
    return { moves: [{ state: next, phase: DONE }] }
  },
}

function run(state: Register, call: Call): [Register, unknown] {
  switch (call.type) {
    case 'write':
      return [{ ...state, value: call.value }, 'ok']
    case 'add':
      return [{ ...state, value: (state.value ?? 0) + 1 }, (state.value ?? 0) + 1]
    case 'delete':
      return state.value === null ? [state, 'none'] : [{ ...state, value: null }, 'ok']
    case 'lock':
      return state.locked ? [state, 'busy'] : [{ ...state, locked: true }, 'ok']
    default:
      return [state, state.value ?? 'none']
  }
}

let ids = 0
const NEVER = Number.POSITIVE_INFINITY

function op(call: Call, begin: number, end: number, answer: unknown): Operation<Call, unknown> {
  ids += 1
  return { id: ids, client: ids, call, begin, end, answer }
}

const write = (value: number, begin: number, end: number) =>
  op({ type: 'write', value }, begin, end, end === NEVER ? null : 'ok')
const read = (begin: number, end: number, answer: unknown) =>
  op({ type: 'read' }, begin, end, answer)
const add = (begin: number, end: number, answer: unknown) => op({ type: 'add' }, begin, end, answer)
const remove = (begin: number, end: number, answer: unknown) =>
  op({ type: 'delete' }, begin, end, answer)
const lock = (begin: number, end: number, answer: unknown) =>
  op({ type: 'lock' }, begin, end, answer)

describe('a history is explained', () => {
  it.each<[string, Operation<Call, unknown>[]]>([
    ['that is empty', []],
    ['whose calls follow each other', [write(1, 0, 1), read(2, 3, 1), remove(4, 5, 'ok')]],
    ['whose read began before a write and shows it', [write(1, 1, 3), read(0, 2, 1)]],
    ['whose read overlaps a write and does not show it', [write(1, 1, 3), read(0, 2, 'none')]],
    [
      'whose two reads inside one write see it before and after',
      [write(1, 0, 9), read(1, 2, 'none'), read(3, 4, 1)],
    ],
    ['whose unknown write was seen', [write(7, 0, NEVER), read(5, 6, 7)]],
    ['whose unknown write was not seen', [write(7, 0, NEVER), read(5, 6, 'none')]],
    [
      'whose unknown write came true late',
      [write(7, 0, NEVER), read(5, 6, 'none'), read(7, 8, 7), read(9, 10, 7)],
    ],
    ['whose additions overlap and tell different sums', [add(0, 5, 2), add(0, 5, 1)]],
    [
      'that has a deletion of unknown outcome which had nothing to delete yet',
      [remove(0, NEVER, null), write(1, 1, 2), read(3, 4, 1), read(5, 6, 'none')],
    ],
    ['whose calls touch at one instant', [write(1, 0, 1), read(1, 2, 'none')]],
  ])('%s', (_name, operations) => {
    expect(checkHistory(register, EMPTY, operations).kind).toBe('explained')
  })
})

describe('a history is a contradiction', () => {
  it.each<[string, Operation<Call, unknown>[]]>([
    ['with a stale read', [write(1, 0, 1), write(2, 2, 3), read(4, 5, 1)]],
    [
      'with two reads that see a write come and go',
      [write(1, 0, 9), read(1, 2, 1), read(3, 4, 'none')],
    ],
    ['with a lost update', [add(0, 2, 1), add(1, 3, 1)]],
    ['with one lock granted to two', [lock(0, 5, 'ok'), lock(1, 6, 'ok')]],
    [
      'with a resurrection after a deletion',
      [write(1, 0, 1), remove(2, 3, 'ok'), read(4, 5, 'none'), read(6, 7, 1)],
    ],
    ['with a read of what nobody wrote', [write(1, 0, 5), read(1, 4, 3)]],
    [
      'with an unknown write that came true twice',
      [write(1, 0, NEVER), write(2, 1, 2), read(3, 4, 1), write(3, 5, 6), read(7, 8, 1)],
    ],
    ['with a refusal that had no ground', [lock(5, 6, 'ok'), lock(0, 4, 'busy')]],
  ])('%s', (_name, operations) => {
    expect(checkHistory(register, EMPTY, operations).kind).toBe('contradiction')
  })

  it('and tells the furthest order, the state there, and what could not come next', () => {
    const operations = [write(1, 0, 1), write(2, 2, 3), read(4, 5, 1)]
    const [first, second, third] = operations.map(({ id }) => id)
    expect(checkHistory(register, EMPTY, operations)).toMatchObject({
      kind: 'contradiction',
      order: [first, second],
      state: { value: 2 },
      obstacles: [{ id: third, why: '1, not 2' }],
    })
  })
})

describe('the checker', () => {
  it('gives up, and says so, when there is more to look at than it may', () => {
    const many = Array.from({ length: 12 }, (_, at) => write(at, 0, 100))
    const verdict = checkHistory(register, EMPTY, [...many, read(200, 201, 99)], 500)
    expect(verdict).toEqual({ kind: 'undecided', configurations: 500 })
  })

  it('looks at a configuration once: 12 writes at the same time have 2^12 subsets, not 12!', () => {
    const many = Array.from({ length: 12 }, (_, at) => write(at, 0, 100))
    const verdict = checkHistory(register, EMPTY, [...many, read(200, 201, 99)])
    expect(verdict.kind).toBe('contradiction')
    expect(verdict.configurations).toBeLessThanOrEqual(12 * 2 ** 12)
  })

  it('judges each object by itself when a history is parted by objects', () => {
    const operations = [write(1, 0, 1), read(2, 3, 'none')]
    const parts = partition(operations, ({ type }) => type)
    const kinds = [...parts.values()].map((part) => checkHistory(register, EMPTY, part).kind)
    expect(kinds).toEqual(['explained', 'explained'])
    expect(checkHistory(register, EMPTY, operations).kind).toBe('contradiction')
  })
})

describe('a contradiction is made small', () => {
  const isRead = ({ call }: Operation<Call, unknown>): boolean => call.type === 'read'

  it('by what came later, reads that do not matter, and answers that do not matter', () => {
    const stale = [write(1, 2, 3), write(2, 4, 5), read(6, 7, 1)]
    const noise = [read(0, 1, 'none'), read(6, 8, 2), write(5, 9, 10), read(11, 12, 5)]
    const small = shrink(register, EMPTY, [...noise, ...stale], isRead)
    expect(small.map(({ id }) => id).sort()).toEqual(stale.map(({ id }) => id).sort())
  })

  it('never by forgetting a call whose unknown effect the others show', () => {
    const unknown = write(7, 0, NEVER)
    const shown = [read(1, 2, 7), write(8, 3, 4), read(5, 6, 7), read(7, 8, 8)]
    const small = shrink(register, EMPTY, [unknown, ...shown], isRead)
    expect(checkHistory(register, EMPTY, small).kind).toBe('contradiction')
    expect(small.map(({ id }) => id)).toContain(unknown.id)
  })

  it('and shown as one line a call with what could not come next', () => {
    const operations = [write(1, 0, 2), read(4, 8, 'none')]
    const text = timelineOf(operations, checkHistory(register, EMPTY, operations), JSON.stringify)
    const [first, second] = operations.map(({ id }) => id)
    expect(text.split('\n').map((line) => line.replace(/\s+/g, ' ').trim())).toEqual([
      `#${first} client ${first} 0.00..2.00 ms [|-------| ] {"type":"write","value":1} -> "ok"`,
      `#${second} client ${second} 4.00..8.00 ms [ |--------------|] {"type":"read"} -> "none"`,
      `No order explains it. After #${first} the state is`,
      '{"value":1,"locked":false}',
      'and none of these can come next:',
      `#${second}: none, not 1`,
    ])
  })
})
