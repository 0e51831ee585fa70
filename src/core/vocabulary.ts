/** Closed vocabularies of the domain, shared by the wire schemas and the core. */
export const PROVIDERS = ['emulated', 'hmem', 'cxl', 'pmem'] as const
export type Provider = (typeof PROVIDERS)[number]

/** `dynamic`: sub-dividable by the dax bus (hmem, CXL); `static`: libnvdimm. */
export const REGION_KINDS = ['dynamic', 'static'] as const
export type RegionKind = (typeof REGION_KINDS)[number]

/** Where the struct pages live: DRAM, the media itself, or nowhere. */
export const MEMMAPS = ['mem', 'dev', 'none'] as const
export type Memmap = (typeof MEMMAPS)[number]

export const PERSISTENCES = ['volatile', 'persistent'] as const
export type Persistence = (typeof PERSISTENCES)[number]

/** libdaxctl's device modes. */
export const MODES = ['devdax', 'system-ram'] as const
export type Mode = (typeof MODES)[number]

export const PLACEMENTS = ['first-fit', 'best-fit'] as const
export type Placement = (typeof PLACEMENTS)[number]

/** From the mildest to the strictest. */
export const WIPES = ['none', 'on_release'] as const
export type Wipe = (typeof WIPES)[number]

export const NAMESPACE_STATES = ['creating', 'active', 'wiping', 'deleting', 'failed'] as const
export type NamespaceState = (typeof NAMESPACE_STATES)[number]

export const DEVICE_STATES = ['enabled', 'draining', 'disabled', 'removed'] as const

export const ACCESSES = ['rw', 'ro'] as const
export type Access = (typeof ACCESSES)[number]

/** One that is `wiping`, or `failed` to be wiped, is over, but its place is not free yet. */
export const MAPPING_STATES = ['live', 'revoked', 'wiping', 'failed'] as const
export type MappingState = (typeof MAPPING_STATES)[number]

export const CLAIM_STATES = ['creating', 'active', 'releasing', 'failed'] as const
export type ClaimState = (typeof CLAIM_STATES)[number]

export const TENANT_STATES = ['active', 'deleting'] as const
export type TenantState = (typeof TENANT_STATES)[number]

export const SHARINGS = ['dedicated', 'slice'] as const
export type Sharing = (typeof SHARINGS)[number]

export const OPERATION_STATES = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const
export type OperationState = (typeof OPERATION_STATES)[number]

/** What to do with users when a device is disabled or removed. */
export const IF_BUSYS = ['refuse', 'drain', 'revoke'] as const
export type IfBusy = (typeof IF_BUSYS)[number]

/** The mmap flags that the mapping rules know; any other is EOPNOTSUPP. */
export const MAP_FLAGS = [
  'MAP_SHARED',
  'MAP_SHARED_VALIDATE',
  'MAP_PRIVATE',
  'MAP_SYNC',
  'MAP_POPULATE',
  'MAP_LOCKED',
  'MAP_NORESERVE',
  'MAP_NONBLOCK',
  'MAP_HUGETLB',
] as const
export type MapFlag = (typeof MAP_FLAGS)[number]

export const PROTS = ['PROT_NONE', 'PROT_READ', 'PROT_WRITE', 'PROT_EXEC'] as const
export type Prot = (typeof PROTS)[number]

/** The kinds of stored objects, as events name them. */
export const KINDS = [
  'region',
  'namespace',
  'device',
  'handle',
  'mapping',
  'lease',
  'claim',
  'operation',
  'tenant',
] as const
export type Kind = (typeof KINDS)[number]

export const EVENT_TYPES = ['created', 'updated', 'deleted'] as const
export type EventType = (typeof EVENT_TYPES)[number]
