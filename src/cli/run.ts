import { chmodSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { CommanderError } from 'commander'
import { pino } from 'pino'
import packageJson from '../../package.json' with { type: 'json' }
import { type Config, readConfig } from '../config.ts'
import { DaxError } from '../core/errors.ts'
import { warningsOf } from '../safe-listening.ts'
import { type Daemon, startDaemon } from '../serve.ts'
import { UsageError } from '../usage-error.ts'
import { createAuditActions } from './audit.ts'
import { addAudit } from './audit-program.ts'
import { addDevicePlugin, runDevicePlugin } from './device-plugin.ts'
import { runDoctor } from './doctor.ts'
import { addDra, runDra } from './dra.ts'
import { createLedgerActions } from './ledger.ts'
import { addLedger } from './ledger-program.ts'
import { endSurely, flush, whenStopped } from './process-end.ts'
import { createProgram, isDone } from './program.ts'
import { createTokenActions } from './token.ts'
import { addToken } from './token-program.ts'

const EXIT_UNUSABLE = 2
const SOCKET_MODE = 0o660

/** Runs the command line and gives its exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  endQuietlyWithReader()
  const program = createProgram(packageJson.version, {
    serve: (flags) => serve(readConfig(flags, process.env)),
    doctor: (options) => runDoctor({ ...options, stdout: process.stdout }),
  })
  addLedger(program, createLedgerActions(process))
  addToken(program, createTokenActions(process))
  addAudit(program, createAuditActions(process))
  addDra(program, runDra)
  addDevicePlugin(program, runDevicePlugin)
  try {
    await program.parseAsync([...argv])
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (isDone(error)) return 0
    if (error instanceof CommanderError) return EXIT_UNUSABLE
    if (!(error instanceof UsageError || error instanceof DaxError || isSystemError(error))) {
      throw error
    }
    process.stderr.write(`daxd: ${error.message}\n`)
    return EXIT_UNUSABLE
  }
}

/** A reader that has seen enough (`| head`) closes the pipe; that is no failure of ours. */
function endQuietlyWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(0)
  })
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}

/** Runs the daemon until SIGTERM or SIGINT. */
async function serve(config: Config): Promise<void> {
  const log = pino({ level: config.logLevel })
  for (const warning of warningsOf(config)) log.warn(warning)
  const stopped = whenStopped()
  void stopped.then(() => endSurely(log))
  const daemon = await startDaemon(config, log, packageJson.version)
  try {
    const url = await listen(daemon, config)
    log.info({ url, backend: config.backend, state_dir: config.stateDirectory }, 'listening')
  } catch (error) {
    await daemon.close()
    throw error
  }
  log.info({ signal: await stopped }, 'stopping')
  await daemon.close()
  if (config.listen.kind === 'unix') rmSync(config.listen.path, { force: true })
  await flush(log)
}

async function listen({ app }: Daemon, { listen: where, tls }: Config): Promise<string> {
  if (where.kind === 'tcp') {
    const { host, port } = where
    const url = await app.listen({ host, port, listenTextResolver: () => 'bound' })
    return tls === null ? url : url.replace(/^http:/, 'https:')
  }
  await removeStaleSocket(where.path)
  await app.listen({ path: where.path, listenTextResolver: () => 'bound' })
  chmodSync(where.path, SOCKET_MODE)
  return `unix:${where.path}`
}

/** A socket that a crash left behind is removed; one that answers is somebody's. */
async function removeStaleSocket(path: string): Promise<void> {
  const code = await new Promise<string | null>((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(null)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'EIO'))
  })
  if (code === null) throw new UsageError(`Another process listens on ${path}.`)
  if (code === 'ECONNREFUSED') rmSync(path, { force: true })
}
