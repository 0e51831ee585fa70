import { type ExamineOptions, examineHost } from '../doctor/examine-host.ts'
import type { DoctorBackend, Verdict } from '../doctor/host-report.ts'
import { renderReport } from '../doctor/render.ts'

/** What a script reads off the verdict. */
const EXIT_CODES = { pass: 0, warn: 1, fail: 2 } as const satisfies Record<Verdict, number>

export interface DoctorCommand {
  /** The report as JSON, the same as GET /v1/host answers, instead of a table. */
  readonly json: boolean
  readonly backend: DoctorBackend
  readonly stateDirectory: string
  readonly stdout: DoctorOutput
  /** How the host is examined; absent does so for real. */
  readonly examine?: (options: ExamineOptions) => ReturnType<typeof examineHost>
}

/** The part of process.stdout that is used. */
export interface DoctorOutput {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Runs `daxd doctor` and answers its exit code, 0 pass, 1 warn, 2 fail. */
export async function runDoctor(command: DoctorCommand): Promise<number> {
  const { json, backend, stateDirectory, stdout, examine = examineHost } = command
  const report = await examine({ backend, stateDirectory })
  // A colour code in a pipe or a log is noise. https://no-color.org asks for the same by variable.
  const { NO_COLOR: noColor } = process.env
  const color = stdout.isTTY === true && !noColor
  stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : renderReport(report, { color }))
  return EXIT_CODES[report.verdict]
}
