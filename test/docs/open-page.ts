import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { type Block, blocksOf } from './page-blocks.ts'
import { elided, settled } from './same-output.ts'
import { openTerminal, type StartedDaemon, startDaemon } from './terminal.ts'

/** The checkout that the commands are run in. */
export const ROOT = resolve(import.meta.dirname, '../..')
/** What the pages use that a test must not: the daemon's usual address, and places. */
const MAIN = '127.0.0.1:7329'
const PLACES = { '/tmp/daxd-demo': 'demo', '/var/lib/daxd': 'state', '/etc/daxd': 'etc' } as const
const ADDRESS = /127\.0\.0\.1:73\d\d/g
const SOCKET = /unix:\/[\w./-]+/

/** A page with what its commands need around them. */
export interface OpenPage {
  readonly blocks: readonly Block[]
  /** Runs a block as its mark says. @throws when it fails or prints what the page does not show. */
  follow(block: Block): Promise<void>
  close(): Promise<void>
}

/**
 * Opens a page: its places are directories of this run, its ports are free ones. A page without a
 * `daemon` block for the usual address finds a daemon there, as after `npm start`.
 */
export async function openPage(page: string, checkout = ROOT): Promise<OpenPage> {
  const blocks = blocksOf(page, checkout)
  const directory = mkdtempSync(join(tmpdir(), 'daxd-page-'))
  const places = placesIn(directory)
  const surroundings = { cwd: checkout, env: environment(directory, checkout) }
  const terminal = await openTerminal(surroundings, directory)
  const hosts = new Map<string, string>()
  const daemons: StartedDaemon[] = []

  const here = (text: string): string => {
    const placed = places.reduce((part, [from, to]) => part.replaceAll(from, to), text)
    return placed.replace(ADDRESS, (address) => hosts.get(address) ?? address)
  }

  async function start(commands: string): Promise<void> {
    const socket = SOCKET.exec(commands)?.[0]
    const [address = socket ?? MAIN] = commands.match(ADDRESS) ?? []
    // What runs again listens where it did: programs of the page know the address by now.
    const host = hosts.get(address) ?? '127.0.0.1:0'
    const command = here(commands).replaceAll(address, host)
    const env = { ...surroundings.env, DAXD_LISTEN: host }
    const daemon = await startDaemon(command, { ...surroundings, env })
    daemons.push(daemon)
    if (socket !== undefined) return
    hosts.set(address, new URL(daemon.url).host)
    if (address === MAIN) await terminal.run(`export DAXD_URL=${daemon.url}`)
  }

  async function run({ commands, output, line }: Block): Promise<void> {
    const printed = await terminal.run(here(commands))
    const shown = settled(output === null ? printed.output : here(output))
    const outcome = { ...printed, output: elided(settled(printed.output), shown) }
    expect(outcome, `${page}, line ${line}`).toEqual({ output: shown, status: 0 })
  }

  if (blocks.some(({ role }) => role === 'run') && !blocks.some(startsMain)) {
    await start(packageJson.scripts.start)
  }
  return {
    blocks,
    async follow(block) {
      if (block.role === 'daemon') await start(block.commands)
      if (block.role === 'run') await run(block)
    },
    async close() {
      await terminal.close()
      await Promise.all(daemons.map((daemon) => daemon.close()))
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function startsMain({ role, commands }: Block): boolean {
  if (role !== 'daemon' || SOCKET.test(commands)) return false
  const [address = MAIN] = commands.match(ADDRESS) ?? []
  return address === MAIN
}

function placesIn(directory: string): [string, string][] {
  return Object.entries(PLACES).map(([page, name]) => {
    const path = join(directory, name)
    if (name === 'etc') mkdirSync(path)
    return [page, path]
  })
}

/** Nothing of the machine may say where a daemon is, or have a say in what is printed. */
function environment(directory: string, checkout: string): NodeJS.ProcessEnv {
  const programs = join(directory, 'bin')
  mkdirSync(programs)
  const main = join(checkout, 'src/main.ts')
  const daxd = `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`
  writeFileSync(join(programs, 'daxd'), daxd, { mode: 0o755 })
  // The interpreter itself: a version manager's shim takes longer to start than python does.
  // Alone in a directory: beside it may be a node of the system, of another version than ours.
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)']).toString()
  symlinkSync(python.trim(), join(programs, 'python3'))
  const ours = Object.entries(process.env).filter(([name]) => !name.startsWith('DAXD_'))
  return {
    ...Object.fromEntries(ours),
    PATH: `${programs}:${process.env['PATH']}`,
    XDG_CONFIG_HOME: join(directory, 'config'),
    DAXD_STATE_DIR: join(directory, 'state'),
    NO_PROXY: '127.0.0.1',
    no_proxy: '127.0.0.1',
    NO_COLOR: '1',
    TERM: 'xterm',
    LC_ALL: 'C.UTF-8',
    CI: '1',
    NPM_CONFIG_UPDATE_NOTIFIER: 'false',
  }
}
