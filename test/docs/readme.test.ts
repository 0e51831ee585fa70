import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { type Block, readmeBlocks } from './readme-blocks.ts'
import { openTerminal, type StartedDaemon, startDaemon, type Terminal } from './terminal.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const BLOCKS = readmeBlocks(readFileSync(join(ROOT, 'README.md'), 'utf8'))
const STEP_TIMEOUT_MS = 30_000

/** What the page uses that a test must not: its ports and its places. */
const PAGE = { main: '127.0.0.1:7329', scratch: '/tmp/daxd-demo', state: '/var/lib/daxd' }
const ADDRESS = /127\.0\.0\.1:73\d\d/g

const directory = mkdtempSync(join(tmpdir(), 'daxd-readme-'))
const state = join(directory, 'state')
/** The interpreter itself: a version manager's shim takes longer to start than python does. */
const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)']).toString()
// Alone in a directory: beside it may be a node of the system, of another version than ours.
const programs = mkdtempSync(join(tmpdir(), 'daxd-readme-bin-'))
symlinkSync(python.trim(), join(programs, 'python3'))
const environment = {
  ...process.env,
  PATH: `${programs}:${process.env['PATH']}`,
  DAXD_STATE_DIR: state,
  DAXD_LISTEN: '127.0.0.1:0',
  NO_PROXY: '127.0.0.1',
  no_proxy: '127.0.0.1',
}
const daemons = new Map<string, StartedDaemon>()
let terminal: Terminal

/** The page's commands and outputs with this run's places and addresses. */
function here(text: string): string {
  const placed = text
    .replaceAll(PAGE.scratch, join(directory, 'demo'))
    .replaceAll(PAGE.state, state)
  return placed.replace(ADDRESS, (address) => {
    const url = daemons.get(address)?.url
    return url === undefined ? address : url.slice('http://'.length)
  })
}

/** Process ids are nobody's to foresee. */
function withoutPids(text: string): string {
  return text.replace(/"pid": \d+/g, '"pid": 4711')
}

async function start(block: Block): Promise<void> {
  const [address] = block.commands.match(ADDRESS) ?? []
  if (address === undefined) throw new Error(`the daemon of line ${block.line} has no address`)
  const command = here(block.commands).replaceAll(address, '127.0.0.1:0')
  daemons.set(address, await startDaemon(command, { cwd: ROOT, env: environment }))
}

beforeAll(async () => {
  const command = packageJson.scripts.start
  daemons.set(PAGE.main, await startDaemon(command, { cwd: ROOT, env: environment }))
  terminal = openTerminal({ cwd: ROOT, env: environment }, directory)
}, STEP_TIMEOUT_MS)

afterAll(async () => {
  await terminal?.close()
  for (const daemon of daemons.values()) await daemon.close()
  for (const each of [directory, programs]) rmSync(each, { recursive: true, force: true })
}, STEP_TIMEOUT_MS)

test('the page installs by the two commands that package.json has scripts for', () => {
  const installs = BLOCKS.filter(({ role }) => role === 'install').map(({ commands }) => commands)
  expect(installs).toEqual(['npm ci && npm start\n', 'npm ci && npm test\n'])
  expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(['start', 'test']))
})

for (const block of BLOCKS) {
  const { role, line, commands, output } = block
  const [first] = commands.split('\n', 1)
  if (role === 'daemon') {
    test(`line ${line} starts a daemon: ${first}`, () => start(block), STEP_TIMEOUT_MS)
  }
  if (role !== 'run') continue
  const promise = output === null ? 'succeeds' : 'prints what the page shows'
  test(
    `line ${line} ${promise}: ${first}`,
    async () => {
      const outcome = await terminal.run(here(commands))
      const shown = output === null ? outcome.output : here(output)
      expect({ ...outcome, output: withoutPids(outcome.output) }).toEqual({
        output: withoutPids(shown),
        status: 0,
      })
    },
    STEP_TIMEOUT_MS,
  )
}
