import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

const PROGRAM_TIMEOUT_MS = 90_000

/** How a program ended and what it said. */
export interface ProgramEnd {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program with an environment of its own beside the search path, and waits for its end. */
export async function runProgram(
  [program = '', ...args]: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<ProgramEnd> {
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', ...environment }
  try {
    const options = { env, timeout: PROGRAM_TIMEOUT_MS }
    return { status: 0, ...(await execute(program, args, options)) }
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as Partial<ProgramEnd> & { code?: unknown }
    if (typeof code !== 'number') throw error
    return { status: code, stdout, stderr }
  }
}

/** Whether a program can be found. */
export async function hasProgram(name: string): Promise<boolean> {
  return (await runProgram(['sh', '-c', `command -v ${name}`])).status === 0
}
