import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { processTree } from './cpu-time.ts'
import { end } from './server-process.ts'

/** Where Debian has the programs that belong to a server, not to its users. */
const DEBIAN_VERSIONS = '/usr/lib/postgresql'
const START_TIMEOUT_MS = 30_000
const LOOK_AGAIN_MS = 50
/** Open to its owner, and passable for the account that runs PostgreSQL. */
const PASSABLE = 0o711

/** A fresh PostgreSQL, its settings as they come: durable, one fsync a commit or group. */
export interface PostgresCluster {
  readonly socketDirectory: string
  pids(): number[]
  stop(): Promise<void>
}

interface Account {
  readonly uid?: number
  readonly gid?: number
}

/**
 * Makes a cluster in `directory` and starts it, listening on a socket there only. It refuses to
 * run as root, so root takes Debian's own account for it. A sentence says why there is none.
 */
export async function startPostgres(directory: string): Promise<PostgresCluster | string> {
  const programs = findPrograms()
  if (programs === null) return 'no PostgreSQL here (apt-get install postgresql)'
  const account = findAccount()
  if (account === null) return 'it does not run as root and there is no account named postgres'
  mkdirSync(directory, { recursive: true })
  chmodSync(dirname(directory), PASSABLE)
  const { uid, gid } = account
  if (uid !== undefined && gid !== undefined) chownSync(directory, uid, gid)
  const data = join(directory, 'data')
  const initdb = ['-D', data, '-U', 'bench', '--auth=trust', '--no-instructions']
  execFileSync(join(programs, 'initdb'), initdb, { ...account, cwd: directory, stdio: 'ignore' })
  const server = spawn(
    join(programs, 'postgres'),
    ['-D', data, '-k', directory, '-c', 'listen_addresses='],
    { ...account, cwd: directory, stdio: 'ignore' },
  )
  await waitForSocket(server, join(directory, '.s.PGSQL.5432'))
  return {
    socketDirectory: directory,
    pids: () => (server.pid === undefined ? [] : processTree(server.pid)),
    // SIGINT is PostgreSQL's fast shutdown: sessions are ended, all is written.
    stop: () => end(server, 'SIGINT'),
  }
}

function findPrograms(): string | null {
  if (!existsSync(DEBIAN_VERSIONS)) return null
  const versions = readdirSync(DEBIAN_VERSIONS).sort((left, right) => Number(right) - Number(left))
  const folders = versions.map((version) => join(DEBIAN_VERSIONS, version, 'bin'))
  return folders.find((folder) => existsSync(join(folder, 'initdb'))) ?? null
}

function findAccount(): Account | null {
  if (process.getuid?.() !== 0) return {}
  const idOf = (flag: string) =>
    Number(execFileSync('id', [flag, 'postgres'], { stdio: ['ignore', 'pipe', 'ignore'] }))
  try {
    return { uid: idOf('-u'), gid: idOf('-g') }
  } catch {
    return null
  }
}

async function waitForSocket(server: ChildProcess, socket: string): Promise<void> {
  const began = performance.now()
  while (!existsSync(socket)) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended with ${server.exitCode}`)
    if (performance.now() - began > START_TIMEOUT_MS) throw new Error('PostgreSQL does not start')
    await setTimeout(LOOK_AGAIN_MS)
  }
}
