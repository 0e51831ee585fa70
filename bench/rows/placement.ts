/**
 * How full a device gets before a request is refused for want of a hole, for the broker's own
 * address space, for first fit and for best fit, over the same seeds. Nothing here depends on the
 * machine: the same code gives the same figures everywhere.
 */
import { createDeviceSpace } from '../../src/core/device-space.ts'
import { type Align, bytes, GIB, MIB } from '../../src/core/units.ts'
import { median } from '../report/figures.ts'
import type { BenchRun, Found } from './bench-run.ts'
import { createHoleList, type Placer } from './hole-list.ts'
import { createRandom, type Random } from './random.ts'

const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8, 9]
const UNIT = 2 * MIB
const SPACE = 6 * 1024 * GIB
const SIZE_UNITS_LOG2_MAX = 11
/** Of 100 steps so many are maps, the others unmaps. */
const MAPS_IN_100 = 53

/** Sizes of 2 MiB to 4 GiB, log-uniform, half of them powers of two. */
interface Workload {
  readonly name: string
  /** From this size on requests are aligned to 1 GiB. */
  readonly gibAlignedFrom: number
}

const WORKLOADS: readonly Workload[] = [
  { name: 'mixed', gibAlignedFrom: Number.POSITIVE_INFINITY },
  { name: 'mixed, from 1 GiB on aligned to 1 GiB', gibAlignedFrom: GIB },
]

const PLACERS = {
  ours: createOurs,
  'best fit': () => createHoleList(SPACE, 'best-fit'),
  'first fit': () => createHoleList(SPACE, 'first-fit'),
} satisfies Record<string, () => Placer>

type PlacerName = keyof typeof PLACERS

/** Runs the group `placement`. */
export async function runPlacementRows({ progress }: BenchRun): Promise<Found> {
  const all = WORKLOADS.map((workload) => {
    progress(`placement: ${workload.name}, ${SEEDS.length} seeds`)
    return { workload, ...utilisations(workload) }
  })
  const [mixed] = all
  if (mixed === undefined) throw new Error('there is a workload')
  const note = `over ${SEEDS.length} seeds; ${tell(mixed)}`
  return {
    findings: [
      { id: 'utilisation', value: mixed.ours, note },
      { id: 'aboveFirstFit', value: mixed.ours - mixed['first fit'], note: 'medians' },
      { id: 'belowBestFit', value: mixed['best fit'] - mixed.ours, note: 'medians' },
    ],
    remarks: all.map((each) => `Utilisation, ${each.workload.name}: ${tell(each)}.`),
  }
}

function tell(found: Record<PlacerName, number>): string {
  const names = Object.keys(PLACERS) as PlacerName[]
  return names.map((name) => `${name} ${found[name].toFixed(2)} %`).join(', ')
}

function utilisations(workload: Workload): Record<PlacerName, number> {
  const of = (create: () => Placer) =>
    median(SEEDS.map((seed) => utilisationAtRefusal(create(), workload, seed)))
  return {
    ours: of(PLACERS.ours),
    'best fit': of(PLACERS['best fit']),
    'first fit': of(PLACERS['first fit']),
  }
}

/** Percent of the space that is mapped when a request first finds no place. */
function utilisationAtRefusal(placer: Placer, workload: Workload, seed: number): number {
  const random = createRandom(seed)
  const live: { offset: number; length: number }[] = []
  let used = 0
  for (;;) {
    if (live.length > 0 && random.below(100) >= MAPS_IN_100) {
      const at = random.below(live.length)
      const last = live.pop()
      const victim = at === live.length ? last : live[at]
      if (victim === undefined || last === undefined) throw new Error('one was drawn that lives')
      if (at < live.length) live[at] = last
      placer.give(victim)
      used -= victim.length
      continue
    }
    const length = drawLength(random)
    const align = length >= workload.gibAlignedFrom ? GIB : UNIT
    const offset = placer.take(length, align)
    if (offset === null) return (100 * used) / SPACE
    live.push({ offset, length })
    used += length
  }
}

function drawLength(random: Random): number {
  const exponent = random.unit() * SIZE_UNITS_LOG2_MAX
  const isPower = random.below(2) === 0
  return Math.floor(2 ** (isPower ? Math.round(exponent) : exponent)) * UNIT
}

/** The address space that the broker has for each device. */
function createOurs(): Placer {
  const size = bytes(SPACE)
  const ranges = [{ offset: bytes(0), start: bytes(0), size }]
  const space = createDeviceSpace({ size, align: UNIT as Align, ranges })
  const windowOf = (offset: number, length: number) => ({
    offset: bytes(offset),
    length: bytes(length),
    exclusive: true,
  })
  return {
    take(length, align) {
      const offset = space.find({ length: bytes(length), align: align as Align })
      if (offset !== null) space.insert(offset / UNIT, windowOf(offset, length))
      return offset
    },
    give({ offset, length }) {
      space.remove(offset / UNIT, windowOf(offset, length))
    },
  }
}
