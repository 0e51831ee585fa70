/** What was asked for, kept with what was made of it. */
import type { Extent } from './extent.ts'
import type { Labels } from './labels.ts'
import type { Align, Bytes } from './units.ts'
import type {
  Access,
  Memmap,
  Mode,
  Persistence,
  Provider,
  RegionKind,
  Sharing,
  Wipe,
} from './vocabulary.ts'

/** Which places a namespace was asked to have, exactly. */
export type ExactRanges = readonly Extent[]

export interface Selector {
  readonly region?: number
  /** The one pool namespace: only slices are placed in a namespace. */
  readonly namespace?: string
  readonly provider?: Provider
  readonly persistence?: Persistence
  readonly numa_node?: number
  readonly target_node?: number
  readonly kind?: RegionKind
  readonly labels?: Labels
  readonly min_available?: Bytes
}

/** A namespace as it was asked for; two equal requests under one name are one namespace. */
export interface NamespaceRequest {
  readonly region?: number
  readonly selector?: Selector
  /** Absent only with `ranges`. */
  readonly size?: Bytes | 'max'
  readonly align?: Align
  readonly mode: Mode
  readonly memmap?: Memmap
  readonly uuid?: string
  readonly contiguous: boolean
  readonly ranges?: ExactRanges
  readonly pool: boolean
  readonly enabled: boolean
  readonly wipe: Wipe
  /** The share of the region that it is taken of; absent for what is in no share. */
  readonly share?: string
  /** Whose it shall be; absent for the host's own. */
  readonly tenant?: string
  readonly labels: Labels
}

/** Whose a device node shall be inside a container; what is absent is as on the host. */
export interface NodeOwner {
  readonly uid?: number
  readonly gid?: number
  /** Permission bits. */
  readonly mode?: number
}

/** A claim as it was asked for; two equal requests under one name are one claim. */
export interface ClaimRequest {
  readonly size: Bytes
  readonly align?: Align
  readonly sharing: Sharing
  readonly holder: string
  readonly ttl_ms?: number
  readonly selector?: Selector
  readonly wipe: Wipe
  /** The share of the region that it is taken of; absent for what is in no share. */
  readonly share?: string
  /** Absent for everything: reading and writing. */
  readonly access?: Access
  readonly cdi?: NodeOwner
  /** Whose it shall be; absent for the host's own. */
  readonly tenant?: string
  readonly labels: Labels
}
