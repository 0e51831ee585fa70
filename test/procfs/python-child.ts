import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface PythonChild {
  readonly pid: number
  /** Ends it and waits for its end. */
  end(): Promise<void>
}

/** Runs `script` until it prints `ready`; it lives until its input is closed. */
export async function startPython(script: string, ...args: string[]): Promise<PythonChild> {
  const child: ChildProcessWithoutNullStreams = spawn('python3', ['-c', script, ...args])
  let complaint = ''
  child.stderr.on('data', (chunk) => {
    complaint += chunk
  })
  const [said] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])
  if (String(said).trim() !== 'ready') throw new Error(`python3 did not start: ${complaint}`)
  return {
    pid: child.pid!,
    async end() {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}
