/**
 * The stored objects. Each is an immutable value; a change makes a new one. What can be derived
 * (reference counts, free space, holders) is not stored.
 */
import type { DeviceLife } from './device.ts'
import type { DeviceRange } from './device-range.ts'
import type { ErrorCode, ErrorFacts } from './errors.ts'
import type { Extent } from './extent.ts'
import type { Labels } from './labels.ts'
import type { Quota } from './quota.ts'
import type { ClaimRequest, NamespaceRequest } from './requests.ts'
import type { Shares } from './shares.ts'
import type { Align, Bytes } from './units.ts'
import type {
  Access,
  ClaimState,
  MapFlag,
  MappingState,
  Memmap,
  Mode,
  NamespaceState,
  OperationState,
  Persistence,
  Placement,
  Prot,
  Provider,
  RegionKind,
  TenantState,
  Wipe,
} from './vocabulary.ts'

export type { Labels } from './labels.ts'
export type {
  ClaimRequest,
  ExactRanges,
  NamespaceRequest,
  NodeOwner,
  Selector,
} from './requests.ts'

/** What every stored object carries; instants are milliseconds since the epoch. */
export interface Stored {
  /** The revision that created it; fixed, so listings are ordered by it. */
  readonly seq: number
  readonly revision: number
  readonly created_ms: number
  readonly updated_ms: number
  readonly labels: Labels
}

/** What belongs to somebody; a device is the tenant's whose namespace it serves. */
export interface Owned {
  /** The tenant that has it, null for the host's own. */
  readonly tenant: string | null
}

/** A failure kept with the object it happened to. */
export interface StoredProblem {
  readonly code: ErrorCode
  readonly detail: string
  readonly facts: ErrorFacts
}

export interface Media {
  readonly persistence: Persistence
  /** What the medium is: `dram`, `pmem`, `hbm`, `cxl`, ... */
  readonly type: string
  /** Bytes a second. */
  readonly bandwidth?: number
  /** Nanoseconds. */
  readonly latency_ns?: number
}

/** What a region is by nature; the part the host tells. */
export interface RegionNature {
  readonly id: number
  readonly provider: Provider
  readonly path: string
  readonly kind: RegionKind
  readonly start: Bytes
  readonly size: Bytes
  readonly align: Align
  /** Smallest unit of allocation, bytes: sub-section size, or 16 MiB under libnvdimm. */
  readonly granularity: Bytes
  readonly supported_aligns: readonly Align[]
  readonly memmap: Memmap
  readonly media: Media
  readonly numa_node: number
  readonly target_node: number
  /** Extents that belong to something that is no dax device (fsdax namespaces, metadata). */
  readonly reserved: readonly Extent[]
}

export interface RegionRecord extends Stored, RegionNature {
  readonly state: 'enabled' | 'disabled'
  readonly placement: Placement
  readonly schedulable: boolean
  /** What of its memory is kept for whom, by name; absent for none. */
  readonly shares?: Shares
  readonly drift: string | null
}

export interface NamespaceRecord extends Stored, Owned {
  readonly name: string
  readonly uuid: string
  readonly region: number
  /** What is taken off the region, bytes. */
  readonly size: Bytes
  readonly align: Align
  readonly mode: Mode
  readonly memmap: Memmap
  readonly contiguous: boolean
  readonly pool: boolean
  readonly wipe: Wipe
  /** Whether the device is wanted enabled; follows the last enable or disable. */
  readonly enabled: boolean
  readonly state: NamespaceState
  readonly device: string | null
  readonly chardev: string | null
  /** The claim that made it, and that alone may take it back. */
  readonly claim: string | null
  readonly request: NamespaceRequest
  readonly problem: StoredProblem | null
}

export interface DeviceRecord extends Stored {
  /** Identity: `chardev` is reused, `uid` never is. */
  readonly uid: string
  readonly chardev: string
  readonly region: number
  readonly namespace: string | null
  readonly path: string
  readonly major: number
  readonly minor: number
  readonly align: Align
  readonly memmap: Memmap
  readonly mode: Mode
  readonly target_node: number
  /** What it takes off the region, metadata included, in device order. */
  readonly extents: readonly Extent[]
  /** What can be mapped, in device order. */
  readonly ranges: readonly DeviceRange[]
  /** The sum of `ranges`. */
  readonly size: Bytes
  readonly life: DeviceLife
  /** The generation of its first enable, 0 before it. */
  readonly first_generation: number
  readonly drift: string | null
}

export interface HandleRecord extends Stored, Owned {
  readonly id: string
  readonly device: string
  readonly chardev: string
  readonly generation: number
  readonly holder: string
  readonly access: Access
  readonly lease: string | null
  readonly claim: string | null
}

export interface MappingRecord extends Stored, Owned {
  readonly id: string
  readonly handle: string
  readonly device: string
  readonly chardev: string
  readonly generation: number
  readonly holder: string
  readonly lease: string | null
  readonly claim: string | null
  /** Bytes from the device's start. */
  readonly offset: Bytes
  readonly length: Bytes
  readonly align: Align
  readonly flags: readonly MapFlag[]
  readonly prot: readonly Prot[]
  readonly dontfork: boolean
  readonly exclusive: boolean
  readonly state: MappingState
}

export interface LeaseRecord extends Stored, Owned {
  readonly id: string
  readonly holder: string
  readonly ttl_ms: number
  /** Fencing token, higher than any earlier one. */
  readonly token: number
  readonly expires_ms: number
  readonly claim: string | null
}

export interface ClaimRecord extends Stored, Owned {
  readonly name: string
  readonly request: ClaimRequest
  readonly state: ClaimState
  readonly namespace: string | null
  readonly device: string | null
  readonly chardev: string | null
  readonly path: string | null
  readonly handle: string | null
  readonly mapping: string | null
  readonly lease: string | null
  readonly offset: Bytes
  readonly length: Bytes
  /** The name by which container runtimes find it while it can be used; null where none do. */
  readonly cdi_device: string | null
  /** How its memory is wiped; absent for as its request says. */
  readonly wipe?: Wipe
  readonly problem: StoredProblem | null
}

/** A team that shares the host: what it may have, and how its names begin. */
export interface TenantRecord extends Stored {
  readonly name: string
  readonly name_prefix: string
  /** The least that is done to memory before somebody else gets it. */
  readonly wipe: Wipe
  readonly quota: Quota
  readonly state: TenantState
}

/** What an operation works on. */
export interface OperationTarget {
  readonly kind: 'namespace' | 'device' | 'claim' | 'tenant'
  readonly id: string
}

export type OperationVerb =
  | 'create-namespace'
  | 'destroy-namespace'
  | 'disable-device'
  | 'destroy-device'
  | 'create-claim'
  | 'release-claim'
  | 'delete-tenant'
  | 'wipe'

export interface OperationRecord extends Stored, Owned {
  readonly id: string
  readonly verb: OperationVerb
  readonly target: OperationTarget
  readonly state: OperationState
  /** Bytes. */
  readonly progress: { readonly done: number; readonly total: number }
  readonly started_ms: number | null
  readonly finished_ms: number | null
  readonly deadline_ms: number | null
  /** The wire view that a synchronous call would have answered. */
  readonly result: unknown
  /** How it failed or, of a wipe that is running, why it waits. */
  readonly problem: StoredProblem | null
}

/** The record type of each kind. */
export interface RecordOf {
  readonly region: RegionRecord
  readonly namespace: NamespaceRecord
  readonly device: DeviceRecord
  readonly handle: HandleRecord
  readonly mapping: MappingRecord
  readonly lease: LeaseRecord
  readonly claim: ClaimRecord
  readonly operation: OperationRecord
  readonly tenant: TenantRecord
}
