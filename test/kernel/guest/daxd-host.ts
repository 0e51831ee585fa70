/**
 * Runs daemons inside one process of the guest, one after the other, for tests that need many
 * fresh ones: loading daxd's code takes seconds in an emulated machine, starting it a fraction.
 * A JSON line `{ "start": [flags] }` or `{ "stop": true }` in, `{}` or `{ "error" }` out; with
 * `"clear": true` the host's memory and the books under `directory` are emptied in between.
 */
import { rmSync } from 'node:fs'
import { flushCompileCache } from 'node:module'
import { createInterface } from 'node:readline'
import { pino } from 'pino'
import { createProgram } from '../../../src/cli/program.ts'
import { type Config, readConfig } from '../../../src/config.ts'
import { type Daemon, startDaemon } from '../../../src/serve.ts'
import { clearHost } from './clear-host.ts'

const COMMON = ['--listen', '0.0.0.0:8080', '--insecure-no-auth', '--insecure-no-tls']
const LOG_FILE = '/tmp/daxd-host.log'
const VERSION = '0.0.0-test'

let daemon = null as Daemon | null

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(await obey(JSON.parse(line)))}\n`)
}
await daemon?.close()

interface Order {
  readonly start?: readonly string[]
  readonly clear?: boolean
  readonly directory: string
}

async function obey({ start: flags, clear, directory }: Order): Promise<object> {
  try {
    await daemon?.close()
    daemon = null
    if (clear === true) {
      clearHost()
      rmSync(directory, { recursive: true, force: true })
    }
    if (flags !== undefined) {
      daemon = await start([...flags, '--state-dir', directory])
      // The next process finds compiled what this one had to compile.
      flushCompileCache()
    }
    return {}
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

async function start(flags: readonly string[]): Promise<Daemon> {
  const config = await configOf([...COMMON, ...flags])
  if (config.listen.kind !== 'tcp') throw new Error('the tests speak TCP')
  const log = pino({ level: 'info' }, pino.destination({ dest: LOG_FILE, sync: true }))
  const started = await startDaemon(config, log, VERSION)
  await started.app.listen({ host: config.listen.host, port: config.listen.port })
  return started
}

/** The command line as `daxd serve` reads it. */
async function configOf(flags: readonly string[]): Promise<Config> {
  const read: Config[] = []
  const program = createProgram(VERSION, {
    serve: async (given) => void read.push(readConfig(given, {})),
    doctor: () => Promise.reject(new Error('not asked for')),
  })
  await program.parseAsync(['node', 'daxd', 'serve', ...flags])
  const [config] = read
  if (config === undefined) throw new Error(`not understood: ${flags.join(' ')}`)
  return config
}
