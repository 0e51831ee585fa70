import { execFile } from 'node:child_process'

/** A tool that has not answered by then is killed. */
const COMMAND_TIMEOUT_MS = 5_000
/** A tool that prints more is killed. */
export const COMMAND_OUTPUT_BYTES_MAX = 64 * 1024

/** What a tool did; `ok` is false when it failed, was killed or could not be started. */
interface CommandResult {
  readonly ok: boolean
  readonly stdout: string
}

/** Runs a program without a shell; never rejects. */
export type RunCommand = (command: string, args: readonly string[]) => Promise<CommandResult>

/** Runs programs for real, bounded in time and output, with the C locale and no secrets. */
export function createRunCommand(timeoutMs = COMMAND_TIMEOUT_MS): RunCommand {
  const options = {
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: COMMAND_OUTPUT_BYTES_MAX,
    env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    encoding: 'utf8',
  } as const
  return (command, args) =>
    new Promise((resolve) => {
      const child = execFile(command, [...args], options, (error, stdout) =>
        resolve({ ok: error === null, stdout }),
      )
      // A tool that waits for input gets its end instead of our terminal.
      child.stdin?.end()
    })
}
