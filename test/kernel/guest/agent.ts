/** Runs inside the guest: does what the host's tests ask over TCP, one JSON object a line. */
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import { createDaxdKeeper } from './daxd-keeper.ts'
import { createSessions } from './sessions.ts'

const PORT = 8081
const OUTPUT_BYTES_MAX = 8 * 2 ** 20
const ARGUMENTS_FILE = '/state/rig/daxd-arguments.json'

type Fields = Readonly<Record<string, unknown>>

mkdirSync('/state/rig', { recursive: true })
const daxd = createDaxdKeeper()
const sessions = createSessions()

const operations: Readonly<Record<string, (request: Fields) => unknown>> = {
  ping: () => ({ boot_id: bootId(), daxd: daxd.status() }),
  run: (request) => runCommand(String(request['command']), Number(request['timeout_ms'])),
  spawn: (request) => sessions.start(request['argv'] as string[]),
  resume: (request) => sessions.resume(String(request['name']), request['argv'] as string[]),
  converse: async (request) => ({
    lines: await sessions.converse(
      Number(request['session']),
      request['input'] as string[],
      Number(request['timeout_ms']),
    ),
  }),
  end: (request) => sessions.end(Number(request['session'])),
  'daxd-start': (request) => {
    writeFileSync(ARGUMENTS_FILE, JSON.stringify(request['args']))
    daxd.start(request['args'] as string[])
    return {}
  },
  'daxd-stop': (request) => daxd.stop(request['signal'] as NodeJS.Signals),
  'daxd-log': () => ({ log: daxd.log() }),
}

const first = firstArguments()
if (first !== null) daxd.start(first)
createServer(serve).listen(PORT, '0.0.0.0')

function serve(socket: Socket): void {
  socket.on('error', () => socket.destroy())
  const lines = createInterface({ input: socket })
  lines.on('error', () => socket.destroy())
  lines.on('line', (line) => {
    const request = JSON.parse(line) as Fields
    void answer(request).then((reply) => {
      if (!socket.destroyed) socket.write(`${JSON.stringify({ id: request['id'], ...reply })}\n`)
    })
  })
}

async function answer(request: Fields): Promise<object> {
  try {
    const operation = operations[String(request['op'])]
    if (operation === undefined) throw new Error(`no operation ${String(request['op'])}`)
    return { result: await operation(request) }
  } catch (error) {
    return { error: String(error) }
  }
}

function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
}

/** daxd comes back after a reboot as it was last started; at first, as the kernel line says. */
function firstArguments(): string[] | null {
  try {
    return JSON.parse(readFileSync(ARGUMENTS_FILE, 'utf8')) as string[]
  } catch {
    const backend = /\bdaxd\.backend=(\w+)/.exec(readFileSync('/proc/cmdline', 'utf8'))?.[1]
    return backend === undefined ? null : ['--backend', backend, '--state-dir', '/state/daxd']
  }
}

function runCommand(command: string, timeoutMs: number): Promise<object> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', command], {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    })
    const said = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        said[stream] = (said[stream] + text).slice(0, OUTPUT_BYTES_MAX)
      })
    }
    const timer = setTimeout(() => {
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      reject(new Error(`${command}: still running after ${timeoutMs} ms`))
    }, timeoutMs)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code: code ?? signal, ...said })
    })
  })
}
