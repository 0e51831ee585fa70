import type { Align, Bytes } from './units.ts'
import type { MapFlag, Prot } from './vocabulary.ts'

/** The exact mmap(2) that a grant allows, for the client to make. */
export interface MmapCall {
  /** What to open(2). */
  readonly path: string
  /** Bytes from the device's start. */
  readonly offset: Bytes
  readonly length: Bytes
  readonly prot: readonly Prot[]
  readonly flags: readonly MapFlag[]
  /** What an address given as a hint or with MAP_FIXED has to be a multiple of, bytes. */
  readonly address_align: Align
}

/** A granted mapping of the device at `path`; `align` is the device's. */
export interface Grant {
  readonly path: string
  readonly offset: Bytes
  readonly length: Bytes
  readonly prot: readonly Prot[]
  readonly flags: readonly MapFlag[]
  readonly align: Align
}

/**
 * The call a client must make to use a grant. Left to choose, the kernel picks an address that is
 * congruent to the offset, so only a hint can break the align. Source: device-dax.md 4.
 */
export function mmapCall({ path, offset, length, prot, flags, align }: Grant): MmapCall {
  return { path, offset, length, prot, flags, address_align: align }
}
