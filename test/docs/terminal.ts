import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What a block of commands printed, errors included, and the exit code of the last that failed. */
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

/** Where commands are run, and with what around them. */
export interface Surroundings {
  readonly cwd: string
  readonly env: NodeJS.ProcessEnv
}

const READY = /^@@ready\n$/
const DONE = /\n@@done (\d+)\n$/
/**
 * Reads the names of files and runs each in this one shell. Commands that read their input must
 * not eat the next name; one that fails half-way must not be hidden by a last one that does not.
 */
const LOOP = `
stty -echo -onlcr cols 100
printf '@@ready\\n'
set -E
while IFS= read -r file; do
  failed=0
  trap 'failed=$?' ERR
  . "$file" < /dev/null
  trap - ERR
  printf '\\n@@done %d\\n' "$failed"
done
`

/** A shell in a pseudo-terminal of 100 columns by script(1): people see tables, pipes see JSON. */
export async function openTerminal(options: Surroundings, scratch: string): Promise<Terminal> {
  const loop = join(scratch, 'loop.sh')
  const block = join(scratch, 'block.sh')
  writeFileSync(loop, LOOP)
  const shell = spawn('script', ['-qefc', `bash --noprofile --norc '${loop}'`, '/dev/null'], {
    ...options,
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const said = (until: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      let text = ''
      const onData = (chunk: Buffer): void => {
        text += chunk.toString()
        const found = until.exec(text)
        if (found === null) return
        shell.off('close', onClose)
        shell.stdout.off('data', onData)
        resolve(found)
      }
      const onClose = (): void => reject(new Error(`the shell ended after: ${text}`))
      shell.once('close', onClose)
      shell.stdout.on('data', onData)
    })
  await said(READY)
  return {
    async run(commands) {
      writeFileSync(block, commands)
      const done = said(DONE)
      shell.stdin.write(`${block}\n`)
      const { input, index, 1: status } = await done
      return { output: input.slice(0, index), status: Number(status) }
    },
    async close() {
      if (shell.exitCode !== null || shell.signalCode !== null) return
      const closed = once(shell, 'close')
      // The end of its terminal is a SIGHUP to what a page has left in the background.
      shell.kill('SIGKILL')
      await closed
    },
  }
}

/** Runs a command that starts a daemon, until that says where it listens. */
export async function startDaemon(command: string, options: Surroundings): Promise<StartedDaemon> {
  // A group of its own, so that npm's child ends with npm.
  const child = spawn('bash', ['--norc', '-c', `exec 2>&1; ${command}`], {
    ...options,
    detached: true,
  })
  let text = ''
  const url = await new Promise<string>((resolve, reject) => {
    child.once('close', () => reject(new Error(`no daemon after ${command}: ${text}`)))
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const ready = /^.*"url":"([^"]+)".*"msg":"listening".*$/m.exec(text)
      if (ready?.[1] !== undefined) resolve(ready[1])
    })
  })
  return { url, close: () => endGroup(child) }
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  process.kill(-child.pid, 'SIGTERM')
  await closed
}
