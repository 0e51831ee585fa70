import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a block of commands printed, errors included, and how its last command ended. */
export interface Outcome {
  readonly output: string
  readonly status: number
}

/** A shell that stays from block to block, as a reader's terminal does. */
export interface Terminal {
  run(commands: string): Promise<Outcome>
  close(): Promise<void>
}

/** A daemon that a reader starts in another terminal. */
export interface StartedDaemon {
  readonly url: string
  close(): Promise<void>
}

const DONE = /\n@@done (\d+)\n$/

/** Where commands are run, and with what around them. */
export interface Surroundings {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

export function openTerminal(options: Surroundings, scratch: string): Terminal {
  // A group of its own, so that what is left in the background ends with it.
  const shell = spawn('bash', ['--noprofile', '--norc'], { ...options, detached: true })
  const script = join(scratch, 'block.sh')
  shell.stdin.write('exec 2>&1\n')
  return {
    run(commands) {
      writeFileSync(script, commands)
      return new Promise((resolve, reject) => {
        let text = ''
        const onData = (chunk: Buffer): void => {
          text += chunk.toString()
          const done = DONE.exec(text)
          if (done === null) return
          shell.off('close', onClose)
          shell.stdout.off('data', onData)
          resolve({ output: text.slice(0, done.index), status: Number(done[1]) })
        }
        const onClose = (): void => reject(new Error(`the shell ended after: ${text}`))
        shell.once('close', onClose)
        shell.stdout.on('data', onData)
        // Commands that read their input must not eat the line that tells the end.
        shell.stdin.write(`. '${script}' < /dev/null; printf '\\n@@done %d\\n' $?\n`)
      })
    },
    close: () => end(shell),
  }
}

/** Runs a command that starts a daemon, until that says where it listens. */
export async function startDaemon(command: string, options: Surroundings): Promise<StartedDaemon> {
  const child = spawn('bash', ['-c', `exec 2>&1; ${command}`], { ...options, detached: true })
  let text = ''
  const url = await new Promise<string>((resolve, reject) => {
    child.once('close', () => reject(new Error(`no daemon after ${command}: ${text}`)))
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const ready = /^.*"url":"([^"]+)".*"msg":"listening".*$/m.exec(text)
      if (ready?.[1] !== undefined) resolve(ready[1])
    })
  })
  return { url, close: () => end(child) }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  process.kill(-child.pid, 'SIGTERM')
  await closed
}
