import { setTimeout as sleep } from 'node:timers/promises'
import { podman, podmanOk } from './podman.ts'

const READY_TIMEOUT_MS = 90_000
const PAUSE_MS = 50

/** Asks the daemon from inside, since a container without a network is reached by nobody else. */
const ASK = `
  const [method, path, token, body] = process.argv.slice(1)
  const headers = { authorization: 'Bearer ' + token, 'content-type': 'application/json' }
  const init = body === undefined ? { method, headers } : { method, headers, body }
  const answer = await fetch('http://127.0.0.1:7329' + path, init)
  console.log(JSON.stringify({ status: answer.status, body: await answer.text() }))`

/** A running container of the image. */
export interface Container {
  readonly name: string
  /** From the call of podman to the line that says that daxd listens. */
  readonly readyMs: number
  ask(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }>
  logs(): Promise<readonly Record<string, unknown>[]>
  /** SIGTERM; the exit code. */
  stop(): Promise<number>
}

/** Starts a container and waits until daxd listens. @throws when it ends before. */
export async function startContainer(
  name: string,
  token: string,
  args: readonly string[],
): Promise<Container> {
  const began = performance.now()
  await podmanOk('run', '--detach', '--name', name, '--network=none', ...args)
  const logs = async () => parseLog((await podman('logs', name)).stdout)
  await whenListening(name, logs)
  const readyMs = performance.now() - began
  return {
    name,
    readyMs,
    logs,
    async ask(method, path, body) {
      const rest = body === undefined ? [] : [JSON.stringify(body)]
      const command = ['node', '--input-type=module', '-e', ASK, method, path, token, ...rest]
      const { status, body: text } = JSON.parse(await podmanOk('exec', name, ...command))
      return { status, body: text === '' ? null : parseBody(text) }
    },
    async stop() {
      await podmanOk('stop', '--time', '60', name)
      return Number(await podmanOk('inspect', '--format', '{{.State.ExitCode}}', name))
    },
  }
}

async function whenListening(name: string, logs: Container['logs']): Promise<void> {
  const until = performance.now() + READY_TIMEOUT_MS
  while (performance.now() < until) {
    if ((await logs()).some(({ msg }) => msg === 'listening')) return
    const state = await podmanOk('inspect', '--format', '{{.State.Status}}', name)
    if (state === 'exited') break
    await sleep(PAUSE_MS)
  }
  throw new Error(`daxd does not listen: ${JSON.stringify(await podman('logs', name))}`)
}

function parseLog(text: string): Record<string, unknown>[] {
  const lines = text.split('\n').filter((line) => line.startsWith('{') && line.endsWith('}'))
  return lines.map((line) => JSON.parse(line))
}

/** Health answers may be plain text. */
function parseBody(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
