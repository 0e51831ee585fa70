import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A server under load, in a process of its own. */
export interface ServerProcess {
  readonly port: number
  /** The processes that do its work, the one with the event loop first. */
  pids(): number[]
  stop(): Promise<void>
}

/** Forks `bench/servers/<name>.ts`, which sends its port once it listens. */
export async function forkServer(
  name: 'bare' | 'postgres-route',
  env: Readonly<Record<string, string>> = {},
): Promise<ServerProcess> {
  const entry = fileURLToPath(new URL(`../servers/${name}.ts`, import.meta.url))
  const child = fork(entry, { execArgv: [], env: { ...process.env, ...env } })
  const { pid } = child
  const port = await Promise.race([
    once(child, 'message').then(([message]) => Number(message)),
    once(child, 'exit').then(([code]) => {
      throw new Error(`${name} ended with ${code} before it listened`)
    }),
  ])
  return { port, pids: () => (pid === undefined ? [] : [pid]), stop: () => end(child, 'SIGTERM') }
}

/** Sends the signal and waits for the end; nothing when it has ended. */
export async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exit = once(child, 'exit')
  child.kill(signal)
  await exit
}
