/** Long random lives of a region: create, grow, shrink, destroy, held against the naive account. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { DaxError } from '../../src/core/errors.ts'
import { type Extent, endOf, totalSize } from '../../src/core/extent.ts'
import { lowestFreeId } from '../../src/core/lowest-free-id.ts'
import { type GrowthRequest, planGrowth } from '../../src/core/plan-growth.ts'
import { planShrink } from '../../src/core/plan-shrink.ts'
import { type Allocation, regionMap } from '../../src/core/region-map.ts'
import { alignedGaps, availableSize } from '../../src/core/region-space.ts'
import { type Bytes, bytes } from '../../src/core/units.ts'
import { PLACEMENTS } from '../../src/core/vocabulary.ts'
import { ext, freeRuns, freeUnits, naiveFirstFit, UNITS } from './region-model.ts'

interface Device {
  readonly unit: Bytes
  readonly own: readonly Extent[]
}

interface World {
  readonly region: Extent
  readonly reserved: readonly Extent[]
  readonly devices: Map<number, Device>
}

const GROWTH = {
  units: fc.integer({ min: 1, max: 12 }),
  placement: fc.constantFrom(...PLACEMENTS),
  contiguous: fc.boolean(),
}

const COMMAND = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('create' as const), unit: UNITS, ...GROWTH }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('grow' as const), pick: fc.nat(99), ...GROWTH }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('shrink' as const),
      pick: fc.nat(99),
      percent: fc.nat(100),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('destroy' as const), pick: fc.nat(99) }) },
)

type Command = typeof COMMAND extends fc.Arbitrary<infer C> ? C : never

const COMMANDS = fc.array(COMMAND, { minLength: 1, maxLength: 60, size: 'max' })

function takenIn(world: World): Extent[] {
  return [...world.reserved, ...[...world.devices.values()].flatMap((device) => device.own)]
}

function picked(world: World, pick: number): number | undefined {
  const ids = [...world.devices.keys()]
  return ids[pick % ids.length]
}

/** The growth's answer, or null for ENOSPC; anything else is a failure of the test. */
function plan(request: GrowthRequest): Extent[] | null {
  try {
    return planGrowth(request)
  } catch (error) {
    if (!(error instanceof DaxError)) throw error
    expect(error.code).toBe('no_space')
    const runs = freeRuns(request.region, request.taken, request.unit)
    expect(error.facts).toStrictEqual({
      available_size: runs.reduce((sum, run) => sum + run.size, 0),
      max_available_extent: Math.max(0, ...runs.map((run) => run.size)),
    })
    return null
  }
}

function checkGrowth(request: GrowthRequest, grown: readonly Extent[] | null): void {
  const { region, taken, own, unit, contiguous } = request
  const runs = freeRuns(region, taken, unit)
  const tail = own.at(-1)
  const inPlace = runs.filter((run) => tail !== undefined && run.start === endOf(tail))
  const places = own.length === 0 ? runs : inPlace
  const room = contiguous
    ? Math.max(0, ...places.map((run) => run.size))
    : freeUnits(region, taken, unit).length * unit
  expect(grown === null, 'ENOSPC exactly when there is too little').toBe(request.bytes > room)
  if (grown === null) return

  // What the device had keeps its place: only the last old extent may be longer now.
  const kept = grown.slice(0, own.length)
  const longer = (kept.at(-1)?.size ?? 0) - (tail?.size ?? 0)
  expect(longer).toBeGreaterThanOrEqual(0)
  expect(kept).toStrictEqual(
    own.map((item) => (item === tail ? ext(item.start, item.size + longer) : item)),
  )
  if (contiguous) expect(grown.length).toBe(Math.max(1, own.length))
  if (contiguous && own.length === 0) {
    const holding = runs.filter((run) => run.size >= request.bytes)
    const least = Math.min(...holding.map((run) => run.size))
    const best = request.placement === 'best-fit'
    const place = holding.find((run) => !best || run.size === least)
    expect(grown[0]?.start).toBe(place?.start)
  }
  if (contiguous) return
  if (request.placement === 'first-fit') expect(grown).toStrictEqual(naiveFirstFit(request))
  else checkBestFit(request, { added: grown.slice(own.length), longer, runs, inPlace })
}

function checkBestFit(
  request: GrowthRequest,
  seen: {
    readonly added: readonly Extent[]
    readonly longer: number
    readonly runs: readonly Extent[]
    readonly inPlace: readonly Extent[]
  },
): void {
  const { added, longer, runs, inPlace } = seen
  expect(longer, 'in place as far as that goes').toBe(
    Math.min(request.bytes, inPlace[0]?.size ?? 0),
  )
  let left = runs.filter((run) => !inPlace.includes(run))
  let remaining = request.bytes - longer
  for (const piece of added) {
    const sizes = left.map((run) => run.size)
    const holding = sizes.filter((size) => size >= remaining)
    const wanted = holding.length > 0 ? Math.min(...holding) : Math.max(...sizes)
    const place = left.find((run) => run.size === wanted)
    expect(piece).toStrictEqual(ext(place?.start ?? -1, Math.min(wanted, remaining)))
    left = left.filter((run) => run !== place)
    remaining -= piece.size
  }
  expect(remaining).toBe(0)
}

function step(world: World, command: Command): void {
  if (command.do === 'create') {
    const { unit, placement, contiguous } = command
    const wanted = { unit, placement, contiguous, bytes: bytes(command.units * unit) }
    const request = { region: world.region, taken: takenIn(world), own: [], ...wanted }
    const own = plan(request)
    checkGrowth(request, own)
    if (own !== null) world.devices.set(lowestFreeId(world.devices.keys()), { unit, own })
    return
  }
  const id = picked(world, command.pick)
  const device = id === undefined ? undefined : world.devices.get(id)
  if (id === undefined || device === undefined) return
  const { unit, own } = device
  if (command.do === 'destroy') {
    world.devices.delete(id)
  } else if (command.do === 'shrink') {
    const units = Math.floor(((totalSize(own) / unit) * command.percent) / 100)
    world.devices.set(id, { unit, own: planShrink(own, bytes(units * unit)) })
    expect(totalSize(world.devices.get(id)?.own ?? [])).toBe(units * unit)
  } else {
    const { placement, contiguous } = command
    const wanted = { unit, placement, contiguous, bytes: bytes(command.units * unit) }
    const request = { region: world.region, taken: takenIn(world), own, ...wanted }
    const grown = plan(request)
    checkGrowth(request, grown)
    if (grown === null) return
    expect(totalSize(grown)).toBe(totalSize(own) + request.bytes)
    world.devices.set(id, { unit, own: grown })
  }
}

function checkWorld(world: World): void {
  const all = [...world.devices.values()].flatMap(({ unit, own }) =>
    own.map((item) => ({ ...item, unit })),
  )
  for (const [index, item] of all.entries()) {
    expect([item.start % item.unit, item.size % item.unit], 'aligned').toStrictEqual([0, 0])
    expect(item.size).toBeGreaterThan(0)
    expect(item.start).toBeGreaterThanOrEqual(world.region.start)
    expect(endOf(item)).toBeLessThanOrEqual(endOf(world.region))
    for (const other of [...all.slice(index + 1), ...world.reserved]) {
      const apart = endOf(item) <= other.start || endOf(other) <= item.start
      expect(apart, 'no two extents overlap').toBe(true)
    }
  }
  const allocated: Allocation[] = [
    ...[...world.devices].flatMap(([id, { own }]) =>
      own.map((extent) => ({ extent, chardev: `dax0.${id}` })),
    ),
    ...world.reserved.map((extent) => ({ extent })),
  ]
  const map = regionMap(world.region, allocated)
  const free = map.filter((item) => item.state === 'free')
  const owned = totalSize(all) + totalSize(world.reserved)
  expect(totalSize(free) + owned, 'free and allocated make the region').toBe(world.region.size)
  expect(availableSize(alignedGaps(world.region, takenIn(world), bytes(1)))).toBe(totalSize(free))
}

describe('a region over a long life', () => {
  it('keeps devices apart, inside, aligned and in their places, whatever is asked of it', () => {
    const start = fc.nat(40)
    const size = fc.integer({ min: 1, max: 60 }).map((count) => count * 4)
    const gap = fc.record({ skip: fc.nat(60), size: fc.integer({ min: 1, max: 20 }) })
    const reserved = fc.array(gap, { maxLength: 3 })
    fc.assert(
      fc.property(start, size, reserved, COMMANDS, (first, length, holes, commands) => {
        const region = ext(first, length)
        let cursor = first
        const apart = holes.flatMap((hole) => {
          const item = ext(cursor + hole.skip, hole.size)
          cursor = endOf(item)
          return cursor <= endOf(region) ? [item] : []
        })
        const world: World = { region, reserved: apart, devices: new Map() }
        for (const command of commands) {
          step(world, command)
          checkWorld(world)
        }
        world.devices.clear()
        const left = alignedGaps(region, takenIn(world), bytes(1))
        expect(left).toStrictEqual(freeRuns(region, apart, 1))
        expect(totalSize(left)).toBe(region.size - totalSize(apart))
      }),
      { numRuns: 400 },
    )
  }, 60_000)
})
