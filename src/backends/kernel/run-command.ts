import { execFile } from 'node:child_process'

/** The most a tool may print before it is killed; a listing of a thousand namespaces is less. */
const COMMAND_OUTPUT_MAX_BYTES = 8 * 1024 * 1024

/** How a child process ended. `missing`: there is no such program. */
export type CommandOutcome =
  | { readonly kind: 'done'; readonly stdout: string }
  | { readonly kind: 'missing' }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'failed'; readonly exitCode: number | null; readonly stderr: string }

/** Runs a program without a shell, killed after `timeoutMs`. It never rejects. */
export type RunCommand = (
  command: string,
  args: readonly string[],
  timeoutMs: number,
) => Promise<CommandOutcome>

/** Runs programs for real, in the C locale: their messages are read. */
export const runCommand: RunCommand = (command, args, timeoutMs) => {
  const settings = {
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: COMMAND_OUTPUT_MAX_BYTES,
    env: { LC_ALL: 'C', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' },
    encoding: 'utf8',
  } as const
  return new Promise((resolve) => {
    const child = execFile(command, [...args], settings, (error, stdout, stderr) => {
      if (error === null) return resolve({ kind: 'done', stdout })
      if (error.code === 'ENOENT') return resolve({ kind: 'missing' })
      if (error.killed === true) return resolve({ kind: 'timed-out' })
      const exitCode = typeof error.code === 'number' ? error.code : null
      resolve({ kind: 'failed', exitCode, stderr: stderr.trim() || error.message })
    })
    // A tool that waits for input gets its end instead of our terminal.
    child.stdin?.end()
  })
}
