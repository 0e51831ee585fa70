import type { Log } from '../../ports/log.ts'
import type { ProcessObserver } from '../../procfs/process-use.ts'
import type { DeviceNodes } from './device-nodes.ts'
import type { KnownRanges } from './device-ranges.ts'
import type { EndedLives } from './ended-lives.ts'
import type { KernelTimeouts } from './kernel-timeouts.ts'
import type { OneAtATime } from './one-at-a-time.ts'
import type { OpenCounts } from './open-counts.ts'
import type { QuietDevices } from './quiet-devices.ts'
import type { RunCommand } from './run-command.ts'
import type { WriteSysfs } from './write-sysfs.ts'

/** What every part of the kernel backend works with. */
export interface KernelHost {
  readonly sysRoot: string
  readonly devRoot: string
  readonly procRoot: string
  readonly run: RunCommand
  readonly write: WriteSysfs
  readonly observer: ProcessObserver
  readonly log: Log
  readonly timeouts: KernelTimeouts
  readonly nodes: DeviceNodes
  readonly endedLives: EndedLives
  readonly quiet: QuietDevices
  readonly ranges: KnownRanges
  /** Binds are the whole host's: telling a driver a name can touch every device. */
  readonly bindAlone: OneAtATime
  readonly openCounts: OpenCounts
  /** Whether memory of a system-ram device is put online when it is enabled. */
  readonly onlineMemory: boolean
}
