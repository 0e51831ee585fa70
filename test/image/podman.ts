import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const execute = promisify(execFile)

const COMMAND_TIMEOUT_MS = 120_000
const OUTPUT_BYTES_MAX = 16 * 2 ** 20

/** How a command ended and what it said. */
export interface Outcome {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** Something of the environment that scripts/ci-image.sh sets. @throws when it is not there. */
export function given(variable: string): string {
  const value = process.env[variable]
  if (value !== undefined && value !== '') return value
  throw new Error(`${variable} is not set: these tests need images; run scripts/ci-image.sh`)
}

/** Runs podman on the storage that scripts/ci-image.sh made. */
export async function podman(...args: readonly string[]): Promise<Outcome> {
  const all = [...given('DAXD_PODMAN_GLOBALS').split(' '), '--log-level=fatal', ...args]
  try {
    const options = { timeout: COMMAND_TIMEOUT_MS, maxBuffer: OUTPUT_BYTES_MAX }
    return { status: 0, ...(await execute('podman', all, options)) }
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as Partial<Outcome> & { code?: unknown }
    if (typeof code !== 'number') throw error
    return { status: code, stdout, stderr }
  }
}

/** The same, for what must succeed: its trimmed output. @throws when it does not. */
export async function podmanOk(...args: readonly string[]): Promise<string> {
  const { status, stdout, stderr } = await podman(...args)
  if (status === 0) return stdout.trim()
  throw new Error(`podman ${args.join(' ')} ended with ${status}: ${stderr}`)
}
