import type { BenchDirectory } from '../host/bench-directory.ts'
import type { LoadProcess } from '../load/load-process.ts'
import type { Finding, Group } from '../report/targets.ts'
import type { Sample, WindowSize } from './measure.ts'

/** What every group of rows needs to run. */
export interface BenchRun {
  readonly groups: ReadonlySet<Group>
  readonly rounds: number
  readonly window: WindowSize
  /** How many live mappings the rows of scale have. */
  readonly live: number
  /** Where the result of bench/kernel-cycle.ts is looked for. */
  readonly kernelCycleFile: string
  readonly directory: BenchDirectory
  readonly load: LoadProcess
  /** Says what is going on; runs of minutes must not look dead. */
  readonly progress: (text: string) => void
}

/** What a group of rows found: verdicts' figures, and what they came from. */
export interface Found {
  readonly findings: readonly Finding[]
  /** The windows of each subject, one a round, by its name. */
  readonly samples?: Readonly<Record<string, readonly Sample[]>>
  /** Anything else worth telling, one sentence each. */
  readonly remarks?: readonly string[]
}
