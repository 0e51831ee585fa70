import type { Subject } from './subject.ts'

/** One request of the differential test, as daxd's contract words it. */
export interface MappingRequest {
  readonly subject: Subject
  /** Which of the subject's handles: `stale` was opened in an earlier generation. */
  readonly handle: 'rw' | 'ro' | 'stale'
  readonly length: number
  /** Absent: the broker chooses. */
  readonly offset?: number
  readonly flags: readonly string[]
  readonly prot: readonly string[]
  readonly exclusive: boolean
}

const PAGE = 4096
const OPTIONAL_FLAGS = ['MAP_SYNC', 'MAP_POPULATE', 'MAP_LOCKED', 'MAP_NORESERVE', 'MAP_NONBLOCK']
const ODD_FLAGS = ['MAP_PRIVATE', 'MAP_HUGETLB', 'MAP_WOBBLE']
const PROTS = ['PROT_READ', 'PROT_WRITE', 'PROT_EXEC', 'PROT_NONE']

/** Draws of a seed, `[0, 1)`: mulberry32. */
export function createDraws(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = state
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A request around the edges of one of the subjects; about half of them can be granted. */
export function drawRequest(draw: () => number, subjects: readonly Subject[]): MappingRequest {
  const subject = pick(draw, subjects)
  const stale = subject.handles.stale !== undefined && draw() < 0.1
  const handle = stale ? 'stale' : draw() < 0.8 ? 'rw' : 'ro'
  const offset = draw() < 0.2 ? undefined : drawOffset(draw, subject)
  return {
    ...{ subject, handle },
    length: drawLength(draw, subject, offset ?? 0),
    ...(offset === undefined ? {} : { offset }),
    flags: drawFlags(draw),
    prot: drawProt(draw),
    exclusive: draw() < 0.6,
  }
}

function drawOffset(draw: () => number, { size, align }: Subject): number {
  const units = Math.floor(size / align)
  const aligned = Math.floor(draw() * units) * align
  if (draw() < 0.65) return aligned
  const edges = [size - align, size, size + align, size - PAGE, 2 * size, 2 ** 40]
  const near = [PAGE, 512, 1, align / 2, align - PAGE].map((step) => aligned + step)
  return pick(draw, [...edges, ...near, 0, 2 ** 53 - 1, 2 ** 53 - align])
}

function drawLength(draw: () => number, { size, align }: Subject, offset: number): number {
  const room = Math.max(align, size - offset)
  const whole = align * (1 + Math.floor(draw() ** 4 * Math.floor(room / align)))
  if (draw() < 0.65) return Math.min(whole, room)
  const edges = [0, 1, 100, PAGE, align, align - 1, align + 1, align + PAGE, size, size + align]
  const far = [room, room + align, 4 * size, 2 ** 40, 2 ** 53 - 1]
  return pick(draw, [...edges, ...far, whole - PAGE, whole + PAGE])
}

function drawFlags(draw: () => number): string[] {
  const kind = draw()
  const flags = kind < 0.05 ? [] : kind < 0.75 ? ['MAP_SHARED'] : ['MAP_SHARED_VALIDATE']
  for (const flag of OPTIONAL_FLAGS) if (draw() < 0.1) flags.push(flag)
  for (const flag of ODD_FLAGS) if (draw() < 0.04) flags.push(flag)
  return flags
}

function drawProt(draw: () => number): string[] {
  if (draw() < 0.6) return ['PROT_READ', 'PROT_WRITE']
  const some = PROTS.filter(() => draw() < 0.5)
  return some.length === 0 ? ['PROT_READ'] : some
}

function pick<T>(draw: () => number, from: readonly T[]): T {
  const picked = from[Math.floor(draw() * from.length)]
  if (picked === undefined) throw new Error('nothing to pick from')
  return picked
}
