import { open } from 'node:fs/promises'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DaxError } from '../../../src/core/errors.ts'
import { checkSettled, dieAfter, snapshot, UNSURE } from './crash-model.ts'
import {
  dataPath,
  type EmulatedBackend,
  NOTHING,
  newDirectory,
  openHost,
  plan,
  region,
  SIZE,
  seen,
  shape,
} from './fixture.ts'

type Change = (backend: EmulatedBackend) => Promise<unknown>

/** More steps than any change or start takes; a test that reaches it has found a loop. */
const STEPS_MAX = 40

/** dax0.0 and dax0.1 disabled, dax0.2 enabled, with data in each of their units. */
async function preparedHost(): Promise<string> {
  const directory = await newDirectory()
  const backend = await openHost(directory, { observer: UNSURE })
  for (const given of [region(0), region(1), region(2, { kind: 'dynamic' })]) {
    await backend.defineRegion(given)
  }
  for (const id of [0, 1, 2]) {
    await backend.create(plan(`dax0.${id}`, 4 * id, 2))
    await writeUnit(directory, backend, { chardev: `dax0.${id}`, unit: 0, text: 'first' })
    await writeUnit(directory, backend, { chardev: `dax0.${id}`, unit: 1, text: 'second' })
  }
  await backend.enable('dax0.2')
  return directory
}

interface Writing {
  readonly chardev: string
  readonly unit: number
  readonly text: string
}

/** Writes into a unit of a device, where the device has that unit. */
async function writeUnit(
  directory: string,
  backend: EmulatedBackend,
  { chardev, unit, text }: Writing,
): Promise<void> {
  const device = await seen(backend, chardev)
  if (device === undefined || (device.ranges[0]?.size ?? 0) < (unit + 1) * SIZE) return
  const place = device.enabled ? 'dev' : 'off'
  const file = await open(dataPath(directory, place, chardev), 'r+')
  await file.write(text, unit * SIZE)
  await file.close()
}

async function reopened(directory: string, bootId?: string) {
  const options = { observer: UNSURE, ...(bootId === undefined ? {} : { bootId }) }
  const backend = await openHost(directory, options)
  await checkSettled(directory, backend)
  return { backend, shot: await snapshot(directory, backend) }
}

const CHANGES: [string, Change][] = [
  ['create', (backend) => backend.create(plan('dax0.4', 40))],
  ['growing reshape', (backend) => backend.reshape('dax0.1', shape(0, 4, 4))],
  ['shrinking reshape', (backend) => backend.reshape('dax0.1', shape(0, 4, 1))],
  ['emptying reshape', (backend) => backend.reshape('dax0.0', NOTHING)],
  ['enable', (backend) => backend.enable('dax0.1')],
  ['fence', (backend) => backend.fence('dax0.2')],
  ['disable of a held device', (backend) => backend.disable('dax0.2')],
  ['destroy', (backend) => backend.destroy('dax0.1')],
  ['destroy of id 0', (backend) => backend.destroy('dax0.0')],
  ['defineRegion', (backend) => backend.defineRegion(region(5, { kind: 'dynamic' }))],
  // Dropping what is gone is refused, unlike everything else here that is made again.
  ['dropRegion', (backend) => refusalOf(backend, (again) => again.dropRegion(2))],
]

describe('a daemon that dies after any step on disk', () => {
  test.each(CHANGES)('of %s leaves all of the change or nothing of it', async (_name, change) => {
    const whole = await preparedHost()
    const before = (await reopened(whole)).shot
    expect(await dieAfter(whole, { steps: STEPS_MAX, change })).toBe('done')
    const after = (await reopened(whole)).shot
    let committed = false
    let steps = 0
    for (; ; steps += 1) {
      const directory = await preparedHost()
      const outcome = await dieAfter(directory, { steps, change })
      const { backend, shot } = await reopened(directory)
      if (committed || outcome === 'done') expect(shot).toBe(after)
      else expect([before, after]).toContain(shot)
      committed ||= shot === after && before !== after
      // Whatever the crash left, the call can be made again.
      await change(backend)
      expect((await reopened(directory)).shot).toBe(after)
      if (outcome === 'done') break
    }
    expect(steps).toBeGreaterThanOrEqual(2)
  })

  test.each(CHANGES)('of %s is repaired even when the repair dies too', async (_name, change) => {
    const count = await stepsOf(change)
    for (let steps = 1; steps < count; steps += 1) {
      const directory = await preparedHost()
      await dieAfter(directory, { steps, change })
      let repairs = 0
      let outcome = await dieAfter(directory, { steps: 0 })
      // Each repair gets one step further than what the ones before it have done.
      for (; outcome === 'dead'; repairs += 1) {
        expect(repairs).toBeLessThan(STEPS_MAX)
        outcome = await dieAfter(directory, { steps: 1 })
      }
      const once = await preparedHost()
      await dieAfter(once, { steps, change })
      expect((await reopened(directory)).shot).toBe((await reopened(once)).shot)
    }
  })

  test('of the start after a reboot ends in the same host as one that lived', async () => {
    const whole = await preparedHost()
    const after = (await reopened(whole, 'boot-2')).shot
    let outcome: 'dead' | 'done' = 'dead'
    for (let steps = 0; outcome === 'dead'; steps += 1) {
      const directory = await preparedHost()
      outcome = await dieAfter(directory, { steps, bootId: 'boot-2' })
      expect((await reopened(directory, 'boot-2')).shot).toBe(after)
    }
  })
})

async function stepsOf(change: Change): Promise<number> {
  const directory = await preparedHost()
  let steps = 0
  while ((await dieAfter(directory, { steps, change })) === 'dead') steps += 1
  return steps
}

type Action =
  | { readonly kind: 'change'; readonly change: Change; readonly shown: string }
  | { readonly kind: 'write'; readonly writing: Writing }

const chardevs = fc.constantFrom('dax0.0', 'dax0.1', 'dax0.2', 'dax1.0')
const places = fc.record({ unit: fc.nat({ max: 12 }), units: fc.integer({ min: 1, max: 3 }) })

/** Records, not closures, decide a change, so that a failing run can be read and shrunk. */
const changes: fc.Arbitrary<Action> = fc
  .record({
    call: fc.constantFrom('create', 'reshape', 'enable', 'disable', 'destroy'),
    chardev: chardevs,
    place: places,
  })
  .map(({ call, chardev, place }) => {
    const { unit, units } = place
    const id = Number(chardev.at(3))
    const change: Change = (backend) => {
      if (call === 'create') return backend.create(plan(chardev, unit, units))
      if (call === 'reshape') return backend.reshape(chardev, shape(id, unit, units))
      return backend[call as 'enable' | 'disable' | 'destroy'](chardev)
    }
    return { kind: 'change', change, shown: `${call} ${chardev} ${unit}+${units}` }
  })

const writes: fc.Arbitrary<Action> = fc
  .record({ chardev: chardevs, unit: fc.nat({ max: 2 }), text: fc.constantFrom('a', 'b', 'c') })
  .map((writing) => ({ kind: 'write', writing }))

const deaths = fc.option(fc.nat({ max: 10 }), { freq: 2, nil: null })

/** What a change does on a host that never dies: null, or the code it is refused with. */
async function refusalOf(backend: EmulatedBackend, change: Change): Promise<string | null> {
  try {
    await change(backend)
    return null
  } catch (error) {
    if (error instanceof DaxError) return error.code
    throw error
  }
}

test('any history with deaths at any steps ends as the same history without them', async () => {
  const history = fc.array(fc.tuple(fc.oneof({ weight: 3, arbitrary: changes }, writes), deaths), {
    maxLength: 12,
  })
  await fc.assert(
    fc.asyncProperty(history, async (actions) => {
      const [mortal, immortal] = [await newDirectory(), await newDirectory()]
      for (const directory of [mortal, immortal]) {
        const backend = await openHost(directory, { observer: UNSURE })
        await backend.defineRegion(region(0))
        await backend.defineRegion(region(1))
      }
      for (const [action, steps] of actions) {
        const { backend, shot: before } = await reopened(immortal)
        if (action.kind === 'write') {
          await writeUnit(immortal, backend, action.writing)
          await writeUnit(mortal, (await reopened(mortal)).backend, action.writing)
          continue
        }
        const refusal = await refusalOf(backend, action.change)
        const after = (await reopened(immortal)).shot
        if (steps !== null) {
          const change: Change = (dying) => refusalOf(dying, action.change)
          await dieAfter(mortal, { steps, change })
          expect([before, after]).toContain((await reopened(mortal)).shot)
        }
        const survivor = (await reopened(mortal)).backend
        // A change that was committed before the death is repeated here, which must not matter.
        const again = await refusalOf(survivor, action.change)
        if (steps === null || refusal === null) expect(again).toBe(refusal)
        expect((await reopened(mortal)).shot).toBe(after)
      }
    }),
    { numRuns: 25 },
  )
}, 120_000)
