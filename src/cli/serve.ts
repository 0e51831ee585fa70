import { chmodSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { pino } from 'pino'
import packageJson from '../../package.json' with { type: 'json' }
import type { Config } from '../config.ts'
import { warningsOf } from '../safe-listening.ts'
import { type Daemon, startDaemon } from '../serve.ts'
import { UsageError } from '../usage-error.ts'
import { endSurely, flush, whenStopped } from './process-end.ts'

const SOCKET_MODE = 0o660

/** Runs the daemon until SIGTERM or SIGINT. */
export async function runServe(config: Config): Promise<void> {
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
