import type { ProcessObserver } from '../../procfs/process-use.ts'
import type { HostFiles } from './host-files.ts'
import type { HostPaths } from './host-paths.ts'
import type { HostRecords } from './host-records.ts'
import type { Serials } from './serials.ts'

/** What the parts of the emulated host work with. */
export interface EmulatedHost {
  readonly paths: HostPaths
  readonly files: HostFiles
  readonly records: HostRecords
  readonly serials: Serials
  readonly observer: ProcessObserver
  /** fallocate(1) of util-linux; need not exist. */
  readonly fallocatePath: string
}
