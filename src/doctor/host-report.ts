/**
 * The doctor's report as GET /v1/host answers it. Sizes are bytes. A null says that the host does
 * not show the value, never that it is zero.
 */
export type DoctorBackend = 'emulated' | 'kernel'

export type Verdict = 'pass' | 'warn' | 'fail'

/** `unknown`: the host does not let us see it; it counts as a warning. */
export type FindingStatus = Verdict | 'unknown'

/** How an option is there: `module_available` is built but not loaded, `not_set` never built. */
export type FeatureLevel =
  | 'built_in'
  | 'module_loaded'
  | 'module_available'
  | 'module_missing'
  | 'not_set'
  | 'unknown'

export const FINDING_GROUPS = ['kernel', 'host', 'state'] as const
export type FindingGroup = (typeof FINDING_GROUPS)[number]

/** One thing looked at. `cost` and `mend` are null exactly when `status` is `pass`. */
export interface Finding {
  /** Stable, snake_case; a kernel option's name without CONFIG_, in lower case. */
  readonly id: string
  readonly group: FindingGroup
  readonly title: string
  readonly status: FindingStatus
  /** Whether the verdict takes it into account; false for what the backend does not need. */
  readonly counts: boolean
  /** Only kernel options have one. */
  readonly level?: FeatureLevel
  readonly detail: string
  /** What is lost while it stays so. */
  readonly cost: string | null
  readonly mend: string | null
}

interface KernelReport {
  readonly release: string | null
  /** The path the options were read from; null when they were inferred from modules and sysfs. */
  readonly config_source: string | null
  readonly boot_id: string | null
}

/** What the host has for dax to manage, counted. */
export interface DaxReport {
  /** `bus` is the model since v5.1, `class` the older one, whose devices cannot be divided. */
  readonly model: 'bus' | 'class' | 'absent'
  readonly regions_seen: number
  readonly devices_seen: number
  /** Devices by bound driver; the rest of `devices_seen` is disabled. */
  readonly devdax: number
  readonly system_ram: number
  readonly nd_regions_seen: number
  /** Ranges that firmware or the command line announced, from /proc/iomem. */
  readonly firmware_ranges: {
    readonly persistent_memory: number
    readonly soft_reserved: number
    readonly cxl_windows: number
  } | null
}

export interface HugePagesReport {
  readonly sizes: readonly {
    readonly size: number
    readonly total: number
    readonly free: number
  }[]
  readonly thp: 'always' | 'madvise' | 'never' | 'absent'
  readonly pmd_size: number | null
}

export interface MemoryReport {
  readonly total: number | null
  readonly available: number | null
  /** The unit in which memory is hot-plugged, bytes. */
  readonly block_size: number | null
  readonly auto_online: string | null
}

export interface ToolReport {
  readonly name: string
  readonly version: string | null
  readonly path: string | null
}

export interface PrivilegesReport {
  /** Effective. */
  readonly uid: number | null
  /** Effective, by name as capabilities(7) has them, `CAP_` and upper case. */
  readonly capabilities: readonly string[]
  readonly dev_dax_access: { readonly nodes: number; readonly openable: number }
}

export interface HostReport {
  readonly verdict: Verdict
  /** The backend that the verdict is for; null judges the host as the kernel backend would. */
  readonly backend: DoctorBackend | null
  readonly kernel: KernelReport
  readonly findings: readonly Finding[]
  readonly dax: DaxReport
  readonly huge_pages: HugePagesReport
  readonly memory: MemoryReport
  readonly tools: readonly ToolReport[]
  readonly privileges: PrivilegesReport
}
