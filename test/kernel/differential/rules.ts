/** An oracle of its own: which of api.md's mapping rules does a request break? */
import { FLAG_BITS } from '../mmap-names.ts'
import type { MappingRequest } from './mapping-request.ts'
import type { HeldWindow } from './subject.ts'

const NUMBER_MAX = 2 ** 53 - 1

/** Every rule of "Mapping checks" that this rig can break, by its code. */
const RULES: Readonly<Record<string, (request: MappingRequest) => boolean>> = {
  stale_generation: ({ handle }) => handle === 'stale',
  access_denied: ({ handle, prot }) => handle === 'ro' && prot.includes('PROT_WRITE'),
  zero_length: ({ length }) => length === 0,
  overflow: ({ offset = 0, length }) => BigInt(offset) + BigInt(length) > BigInt(NUMBER_MAX),
  unknown_flag: ({ flags }) => flags.includes('MAP_WOBBLE'),
  draining: ({ subject }) => subject.state === 'draining',
  device_disabled: ({ subject }) => subject.state === 'disabled',
  not_shared: ({ flags }) => flags.includes('MAP_PRIVATE') || !isShared(flags),
  hugetlb: ({ flags }) => flags.includes('MAP_HUGETLB'),
  misaligned_offset: ({ offset = 0, subject }) => offset % subject.align !== 0,
  misaligned_length: ({ length, subject }) => length % subject.align !== 0,
  out_of_range: ({ offset = 0, length, subject }) => offset + length > subject.size,
  straddles_ranges: straddles,
  overlap: overlaps,
  no_hole: (request) => request.offset === undefined && !hasHole(request),
}

/** The errno that the kernel itself gives when one of these is the only rule broken. */
export const KERNEL_RULES: Readonly<Record<string, string>> = {
  access_denied: 'EACCES',
  zero_length: 'EINVAL',
  device_disabled: 'ENXIO',
  not_shared: 'EINVAL',
  hugetlb: 'EINVAL',
}

export function brokenRules(request: MappingRequest): string[] {
  return Object.entries(RULES)
    .filter(([, broken]) => broken(request))
    .map(([code]) => code)
}

/** The kernel reads MAP_SHARED and MAP_PRIVATE together as MAP_SHARED_VALIDATE. */
export function readsAsShared({ flags }: MappingRequest): boolean {
  const type = flags.reduce((sum, flag) => sum | (FLAG_BITS[flag] ?? 0), 0) % 4
  return type === FLAG_BITS['MAP_SHARED'] || type === FLAG_BITS['MAP_SHARED_VALIDATE']
}

function isShared(flags: readonly string[]): boolean {
  return flags.includes('MAP_SHARED') || flags.includes('MAP_SHARED_VALIDATE')
}

function straddles({ offset = 0, length, subject: { align, seams } }: MappingRequest): boolean {
  return seams.some((seam) => seam % align !== 0 && seam > offset && seam < offset + length)
}

function overlaps({ offset, length, exclusive, subject }: MappingRequest): boolean {
  if (offset === undefined || length === 0) return false
  return subject.held.some((held) => clash(held, { offset, length, exclusive }))
}

function clash(held: HeldWindow, wanted: HeldWindow): boolean {
  const apart =
    held.offset >= wanted.offset + wanted.length || wanted.offset >= held.offset + held.length
  return !apart && (held.exclusive || wanted.exclusive)
}

/** Tries every aligned place; a hole is free of every live mapping, exclusive or shared. */
function hasHole({ length, subject: { size, align, held } }: MappingRequest): boolean {
  for (let offset = 0; offset + length <= size; offset += align) {
    if (isFree(held, { offset, length })) return true
  }
  return false
}

/** Nothing live is there, exclusive or shared. */
export function isFree(
  held: readonly HeldWindow[],
  { offset, length }: Pick<HeldWindow, 'offset' | 'length'>,
): boolean {
  return !held.some((window) => clash(window, { offset, length, exclusive: true }))
}
