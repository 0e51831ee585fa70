/**
 * The sources under plain Node, as users run them: vitest compiles TypeScript that Node's type
 * stripping refuses (enums, parameter properties), so its word alone is not enough.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const MAIN = join(ROOT, 'src/main.ts')
/** Loading these does something: a command line runs, a thread begins to listen. */
const ENTRIES = ['src/main.ts', 'src/ledger/sqlite-worker.ts']

const run = promisify(execFile)

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-boot-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  return directory
}

test('Node loads every module as it stands, so that none needs a build step', async () => {
  const modules = ['src', 'routes', 'schemas', 'client/src']
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) =>
        join(folder, name),
      ),
    )
    .filter((path) => path.endsWith('.ts') && !ENTRIES.includes(path))
  const text = modules.map((path) => `await import('./${path}')`).join('\n')
  const loaded = await run(process.execPath, ['--input-type=module', '--eval', text], { cwd: ROOT })
  expect(loaded).toEqual({ stdout: '', stderr: '' })
})

test('npm start runs the line that images and guests run without npm', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  expect(scripts.start).toBe('node src/main.ts serve')
})

test('--version tells the version of the package', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
  const { stdout } = await run(process.execPath, [MAIN, '--version'])
  expect(stdout).toBe(`${version}\n`)
})

test('a daemon on an empty directory gets ready, and SIGTERM ends it with exit code 0', async () => {
  const flags = ['--state-dir', temporaryDirectory(), '--listen', '127.0.0.1:0']
  const daemon = spawn(process.execPath, [MAIN, 'serve', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void daemon.kill('SIGKILL'))
  const exit = once(daemon, 'exit')
  const lines = createInterface({ input: daemon.stdout })
  const heard: Record<string, unknown>[] = []
  for await (const line of lines) {
    heard.push(JSON.parse(line))
    if (heard.at(-1)?.['msg'] === 'listening') break
  }
  const ready = await fetch(`${heard.at(-1)?.['url']}/readyz`)
  expect(ready.status).toBe(200)
  daemon.kill('SIGTERM')
  expect(await exit).toEqual([0, null])
})
