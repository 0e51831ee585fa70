import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bornDisabled,
  type DeviceEvent,
  type DeviceLife,
  isLive,
  transition,
} from '../../src/core/device.ts'
import { DaxError } from '../../src/core/errors.ts'
import { InvariantViolation } from '../../src/core/invariant.ts'

const ENABLED: DeviceLife = { state: 'enabled', generation: 4 }
const DRAINING: DeviceLife = { state: 'draining', generation: 4, operation: 'op-1' }
const DISABLED: DeviceLife = { state: 'disabled', generation: 4 }
const REMOVED: DeviceLife = { state: 'removed', generation: 4 }

/** The next life, or what the event was refused with. */
function step(life: DeviceLife, event: DeviceEvent): DeviceLife | string {
  try {
    return transition(life, event)
  } catch (error) {
    if (error instanceof DaxError) return `${error.errno} ${error.code}`
    if (error instanceof InvariantViolation) return 'defect'
    throw error
  }
}

describe('transition', () => {
  const enable: DeviceEvent = { type: 'enable', generation: 5, size: 4096 }
  const refuse: DeviceEvent = { type: 'disable', references: 1, revoke: false }
  const revoke: DeviceEvent = { type: 'disable', references: 1, revoke: true }
  const drain: DeviceEvent = { type: 'drain', operation: 'op-2' }
  const drainEnded: DeviceEvent = { type: 'drain-ended' }
  const removeBusy: DeviceEvent = { type: 'remove', references: 1, revoke: false }
  const removeRevoke: DeviceEvent = { type: 'remove', references: 1, revoke: true }
  const gone = 'ENOENT no_such_device'

  it.each<[DeviceLife, DeviceEvent, DeviceLife | string]>([
    [DISABLED, enable, { state: 'enabled', generation: 5 }],
    [ENABLED, enable, ENABLED],
    [DRAINING, enable, 'EBUSY draining'],
    [REMOVED, enable, gone],
    [DISABLED, { type: 'enable', generation: 5, size: 0 }, 'ENXIO empty_device'],
    [DISABLED, { type: 'enable', generation: 4, size: 4096 }, 'defect'],
    [ENABLED, refuse, 'EBUSY busy'],
    [ENABLED, { ...refuse, references: 0 }, DISABLED],
    [ENABLED, revoke, DISABLED],
    [DISABLED, refuse, DISABLED],
    [DRAINING, refuse, 'EBUSY busy'],
    [DRAINING, { ...refuse, references: 0 }, DISABLED],
    [DRAINING, revoke, DISABLED],
    [REMOVED, revoke, gone],
    [ENABLED, drain, { state: 'draining', generation: 4, operation: 'op-2' }],
    [DRAINING, drain, 'EBUSY draining'],
    [DISABLED, drain, DISABLED],
    [REMOVED, drain, gone],
    [DRAINING, drainEnded, ENABLED],
    [ENABLED, drainEnded, ENABLED],
    [DISABLED, drainEnded, DISABLED],
    [REMOVED, drainEnded, gone],
    [ENABLED, removeBusy, 'EBUSY busy'],
    [DISABLED, removeBusy, 'EBUSY busy'],
    [DRAINING, removeBusy, 'EBUSY busy'],
    [ENABLED, removeRevoke, REMOVED],
    [DRAINING, removeRevoke, REMOVED],
    [DISABLED, { ...removeBusy, references: 0 }, REMOVED],
    [REMOVED, removeRevoke, gone],
  ])('of %j by %j is %j', (life, event, expected) => {
    expect(step(life, event)).toEqual(expected)
  })

  it.each<[DeviceLife, DeviceEvent]>([
    [ENABLED, enable],
    [DISABLED, refuse],
    [DISABLED, drain],
    [ENABLED, drainEnded],
  ])(
    'of %j by %j is the very same object, so that callers can tell nothing changed',
    (life, event) => {
      expect(transition(life, event)).toBe(life)
    },
  )
})

describe('bornDisabled', () => {
  it('starts from the last generation that the name has had', () => {
    expect(bornDisabled(0)).toEqual({ state: 'disabled', generation: 0 })
    expect(bornDisabled(9)).toEqual({ state: 'disabled', generation: 9 })
  })

  it.each([-1, 0.5, Number.NaN])('is a defect from generation %d', (generation) => {
    expect(() => bornDisabled(generation)).toThrow(InvariantViolation)
  })
})

describe('isLive', () => {
  it('is true of the enabled only', () => {
    expect([ENABLED, DRAINING, DISABLED, REMOVED].filter(isLive)).toEqual([ENABLED])
  })
})

/**
 * The life cycle told another way: a device is an open flag, a drain at work on it, a tombstone
 * and the list of generations it has had. Events say what must hold, not which state follows.
 */
interface Model {
  open: boolean
  drain: string | null
  buried: boolean
  readonly generations: number[]
}

type Refusal = 'ENOENT no_such_device' | 'EBUSY draining' | 'EBUSY busy' | 'ENXIO empty_device'

/** What refuses the event, if anything; the first row that applies. */
function refusalOf(model: Model, event: DeviceEvent): Refusal | 'defect' | null {
  const rows: [boolean, Refusal | 'defect'][] = [
    [model.buried, 'ENOENT no_such_device'],
    [(event.type === 'enable' || event.type === 'drain') && model.drain !== null, 'EBUSY draining'],
    [
      (event.type === 'remove' || (event.type === 'disable' && model.open)) &&
        event.references > 0 &&
        !event.revoke,
      'EBUSY busy',
    ],
    [event.type === 'enable' && !model.open && event.size === 0, 'ENXIO empty_device'],
    [
      event.type === 'enable' &&
        !model.open &&
        model.generations.some((past) => past >= event.generation),
      'defect',
    ],
  ]
  return rows.find(([applies]) => applies)?.[1] ?? null
}

function happen(model: Model, event: DeviceEvent): void {
  if (event.type === 'enable' && !model.open) model.generations.push(event.generation)
  if (event.type === 'enable') model.open = true
  if (event.type === 'drain' && model.open) model.drain = event.operation
  if (event.type === 'drain-ended') model.drain = null
  if (event.type === 'remove') model.buried = true
  if (event.type === 'remove' || event.type === 'disable') {
    model.open = false
    model.drain = null
  }
}

function lifeOf({ open, drain, buried, generations }: Model): DeviceLife {
  const generation = Math.max(...generations)
  if (buried) return { state: 'removed', generation }
  if (drain !== null) return { state: 'draining', generation, operation: drain }
  return { state: open ? 'enabled' : 'disabled', generation }
}

/** An event whose enable, if it is one, is told as a step from the generation then current. */
type Move = (generation: number) => DeviceEvent

const guarded = fc.record({ references: fc.nat(2), revoke: fc.boolean() })
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 60,
    arbitrary: fc
      .record({ growth: fc.integer({ min: -1, max: 3 }), size: fc.constantFrom(0, 4096, 8192) })
      .map(
        ({ growth, size }): Move =>
          (generation) => ({
            type: 'enable',
            generation: generation + growth,
            size,
          }),
      ),
  },
  {
    weight: 40,
    arbitrary: guarded.map(
      (rest): Move =>
        () => ({ type: 'disable', ...rest }),
    ),
  },
  {
    weight: 40,
    arbitrary: fc.constantFrom('op-1', 'op-2').map(
      (operation): Move =>
        () => ({ type: 'drain', operation }),
    ),
  },
  { weight: 20, arbitrary: fc.constant<Move>(() => ({ type: 'drain-ended' })) },
  // Rare, because nothing but refusals follows.
  {
    weight: 1,
    arbitrary: guarded.map(
      (rest): Move =>
        () => ({ type: 'remove', ...rest }),
    ),
  },
)

describe('a device over a long run of events', () => {
  it('agrees with the model, never goes back a generation, and keeps its life on a refusal', () => {
    const runs = fc.array(move, { maxLength: 200, size: 'max' })
    return fc.assert(
      fc.property(fc.nat(3), runs, (born, moves) => {
        const model: Model = { open: false, drain: null, buried: false, generations: [born] }
        let life = bornDisabled(born)
        for (const makeEvent of moves) {
          const event = Object.freeze(makeEvent(life.generation))
          const before = Object.freeze({ ...life })
          const next = step(before, event)
          const refusal = refusalOf(model, event)
          if (refusal === null) happen(model, event)
          expect(next).toEqual(refusal ?? lifeOf(model))
          if (typeof next === 'string') continue
          expect(next.generation).toBeGreaterThanOrEqual(before.generation)
          life = next
        }
        expect(life).toEqual(lifeOf(model))
      }),
      { numRuns: 300 },
    )
  })
})
