import { execFile } from 'node:child_process'

/** The most a tool may print before it is killed; what we run prints a line when it fails. */
const TOOL_OUTPUT_MAX_BYTES = 64 * 1024

/** How a child process ended. `missing`: there is no such program. */
export type ToolOutcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'failed'; readonly message: string }

/** Runs a program in the C locale, killed after `timeoutMs`. It never rejects. */
export function runTool(options: {
  readonly path: string
  readonly args: readonly string[]
  readonly timeoutMs: number
}): Promise<ToolOutcome> {
  const { path, args, timeoutMs } = options
  const settings = {
    timeout: timeoutMs,
    killSignal: 'SIGKILL',
    maxBuffer: TOOL_OUTPUT_MAX_BYTES,
    env: { ...process.env, LC_ALL: 'C' },
  } as const
  return new Promise((resolve) => {
    execFile(path, [...args], settings, (error, _stdout, stderr) => {
      if (error === null) return resolve({ kind: 'done' })
      if (error.code === 'ENOENT') return resolve({ kind: 'missing' })
      if (error.killed === true) return resolve({ kind: 'timed-out' })
      resolve({ kind: 'failed', message: stderr.trim() || error.message })
    })
  })
}
