import { isDeepStrictEqual } from 'node:util'
import { expect, it } from 'vitest'
import type { SliceDevice } from '../../src/kubernetes/slice-devices.ts'
import { planSlices, type Slice, type SlicePlan } from '../../src/kubernetes/slice-plan.ts'

function devices(count: number): SliceDevice[] {
  return Array.from({ length: count }, (_, at) => ({
    name: `ns-${String(at).padStart(4, '0')}`,
    attributes: {},
    capacity: { size: { value: '1Gi' } },
  }))
}

function plan(existing: readonly Slice[], wanted: readonly SliceDevice[]): SlicePlan {
  return planSlices(existing, {
    driver: 'd.io',
    nodeName: 'n',
    devices: wanted,
    isKnown: ({ spec }, chunk) => isDeepStrictEqual(spec.devices, chunk),
  })
}

/** The slices after a plan was carried out. */
function after(existing: readonly Slice[], { update, create, remove }: SlicePlan): Slice[] {
  const kept = existing.filter((slice) => !remove.includes(slice))
  const updated = kept.map((slice) => {
    const change = update.find((one) => one.slice === slice)
    return change === undefined ? slice : { ...slice, spec: change.spec }
  })
  const made = create.map((spec, at) => ({ metadata: { name: `made-${at}-${kept.length}` }, spec }))
  return [...updated, ...made]
}

it('spreads devices over slices of one generation and count, none over 128', () => {
  const slices = after([], plan([], devices(300)))
  expect(slices.map(({ spec }) => [spec.devices?.length, spec.pool])).toEqual(
    [128, 128, 44].map((length) => [length, { name: 'n', generation: 1, resourceSliceCount: 3 }]),
  )
  expect(plan(slices, devices(300))).toEqual({ update: [], create: [], remove: [] })
})

it('moves every slice of the pool to the next generation when one of them changes', () => {
  const first = after([], plan([], devices(300)))
  const fewer = after(first, plan(first, devices(129)))
  expect(fewer.map(({ spec }) => [spec.devices?.length, spec.pool.generation])).toEqual([
    [128, 2],
    [1, 2],
  ])
  const none = plan(fewer, [])
  expect([none.update, none.create, none.remove.length]).toEqual([[], [], 2])
})

it('makes whole a pool of which a crash has left slices of two generations', () => {
  const [one, two] = after([], plan([], devices(200)))
  const torn = [
    one!,
    { ...two!, spec: { ...two!.spec, pool: { ...two!.spec.pool, generation: 2 } } },
  ]
  const whole = after(torn, plan(torn, devices(200)))
  expect(whole.map(({ spec }) => spec.pool.generation)).toEqual([3, 3])
})
