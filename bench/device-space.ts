/**
 * Speed and memory of a device's address space: `node --expose-gc bench/device-space.ts`.
 *
 * At each size the space is filled with windows of 1 to 64 units of 2 MiB (log-uniform, one in
 * eight aligned to 1 GiB), most exclusive, and then churned: remove one at random, find a place
 * for another, check it for conflicts and insert it. One such round is two operations. CPU time
 * of the process, garbage collection included; the seed is fixed. Memory counts the benchmark's
 * own record of each mapping and its id, too.
 */
import { setTimeout } from 'node:timers/promises'
import { createDeviceSpace, type DeviceSpace, type MappedWindow } from '../src/core/device-space.ts'
import { createOrderedIndex } from '../src/core/ordered-index.ts'
import { type Align, bytes, GIB, MIB } from '../src/core/units.ts'

const LIVE_COUNTS = [1_000, 100_000, 1_000_000]
const CHURN_ROUNDS = 300_000
const UNIT = bytes(2 * MIB) as Align
const LARGE = bytes(GIB) as Align
/** Room a mapping: 1.35 times the mean of the sizes drawn. */
const UNITS_A_MAPPING = 21

interface Live {
  readonly id: number
  readonly window: MappedWindow
}

for (const live of LIVE_COUNTS) {
  console.log(`${live} live`)
  console.log(`  ordered index   ${rate(indexChurn(live))} remove + insert pairs a CPU second`)
  for (const sharedIn8 of [0, 2]) {
    const { ops, bytesEach, largest } = await spaceChurn(live, sharedIn8)
    const kind = sharedIn8 === 0 ? 'all exclusive ' : 'quarter shared'
    console.log(
      `  ${kind}  ${rate(ops)} operations a CPU second, ${bytesEach} B a mapping, ` +
        `the largest hole ${largest} MiB`,
    )
  }
}

function indexChurn(live: number): number {
  const random = xorshift()
  const index = createOrderedIndex()
  const primaries = new Float64Array(live)
  const fill = (slot: number) => {
    primaries[slot] = random() * 4096
    index.insert({ primary: primaries[slot] ?? 0, secondary: slot }, slot)
  }
  for (let slot = 0; slot < live; slot += 1) fill(slot)
  return perCpuSecond(CHURN_ROUNDS, () => {
    const slot = random() % live
    index.remove({ primary: primaries[slot] ?? 0, secondary: slot })
    fill(slot)
  })
}

async function spaceChurn(live: number, sharedIn8: number) {
  const random = xorshift()
  const before = await heapBytes()
  const size = bytes(live * UNITS_A_MAPPING * UNIT)
  const ranges = [{ offset: bytes(0), start: bytes(0), size }]
  const space = createDeviceSpace({ size, align: UNIT, ranges })
  const mappings: Live[] = []
  let count = 0
  const map = () => {
    const made = mapOne(space, { random, sharedIn8, id: count })
    count += 1
    return made
  }
  for (let made = 0; made < live; made += 1) mappings.push(map())
  const bytesEach = Math.round(((await heapBytes()) - before) / live)
  const ops = perCpuSecond(CHURN_ROUNDS, () => {
    const slot = random() % live
    const old = mappings[slot]
    if (old === undefined) throw new Error('every slot is filled')
    space.remove(old.id, old.window)
    mappings[slot] = map()
  })
  return { ops: ops * 2, bytesEach, largest: space.largest(UNIT) / MIB }
}

function mapOne(
  space: DeviceSpace,
  draw: { random: () => number; sharedIn8: number; id: number },
): Live {
  const { random } = draw
  const length = bytes(Math.floor(2 ** ((random() % 6000) / 1000)) * UNIT)
  const align = random() % 8 === 0 ? LARGE : UNIT
  const offset = space.find({ length, align }) ?? space.find({ length, align: UNIT })
  if (offset === null) throw new Error('the benchmark leaves enough room')
  const window = { offset, length, exclusive: random() % 8 >= draw.sharedIn8 }
  if (space.conflicts(window, 1).length > 0) throw new Error('a place that was found is free')
  space.insert(draw.id, window)
  return { id: draw.id, window }
}

function perCpuSecond(rounds: number, run: () => void): number {
  const start = process.cpuUsage()
  for (let round = 0; round < rounds; round += 1) run()
  const { user, system } = process.cpuUsage(start)
  return rounds / ((user + system) / 1_000_000)
}

/** Buffers of the case before are given back some turns after their collection. */
async function heapBytes(): Promise<number> {
  for (let turn = 0; turn < 3; turn += 1) {
    globalThis.gc?.()
    await setTimeout(20)
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage()
  return heapUsed + arrayBuffers
}

function rate(value: number): string {
  return `${Math.round(value / 1000)}k`.padStart(6)
}

function xorshift(): () => number {
  let state = 2463534242
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    state >>>= 0
    return state
  }
}
