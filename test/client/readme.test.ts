/** The package as it is published, installed where nothing else is: its README's programs run. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startIdentityDaemon } from '../identity/support/identity-daemon.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const TSC = join(ROOT, 'node_modules/typescript/bin/tsc')
const PAGE = { url: 'http://127.0.0.1:7329', socket: 'unix:/run/daxd/daxd.sock' }
const STEP_TIMEOUT_MS = 120_000

interface Example {
  readonly line: number
  readonly code: string
  /** What it prints; null where the page does not say. */
  readonly output: string | null
}

const FENCE = /^```ts\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm
const text = readFileSync(join(ROOT, 'client/README.md'), 'utf8')
const EXAMPLES: readonly Example[] = [...text.matchAll(FENCE)].map((match) => {
  const [, code = '', output = null] = match
  return { line: text.slice(0, match.index).split('\n').length, code, output }
})

const run = promisify(execFile)
const project = mkdtempSync(join(tmpdir(), 'daxd-client-package-'))
const environment = { ...process.env, npm_config_cache: join(project, '.npm') }

beforeAll(async () => {
  const pack = ['pack', '--silent', '--pack-destination', project]
  await run('npm', pack, { cwd: join(ROOT, 'client'), env: environment })
  const [tarball = ''] = readdirSync(project).filter((name) => name.endsWith('.tgz'))
  writeFileSync(join(project, 'package.json'), JSON.stringify({ type: 'module', private: true }))
  const install = ['install', '--offline', '--no-audit', '--no-fund', `./${tarball}`]
  await run('npm', install, { cwd: project, env: environment })
}, STEP_TIMEOUT_MS)

afterAll(() => rmSync(project, { recursive: true, force: true }))

const fileOf = ({ line }: Example) => `line-${line}.ts`

test('what is published is plain JavaScript with declarations, and nothing that it needs', () => {
  const installed = join(project, 'node_modules/@daxd/client')
  const names = readdirSync(installed, { recursive: true, encoding: 'utf8' })
  const odd = names.filter((name) => !/(?:\.js|\.d\.ts|^dist(?:\/\w+)?)$/.test(name))
  expect(odd.sort()).toEqual(['LICENSE', 'README.md', 'package.json'])
  expect(readdirSync(join(project, 'node_modules/@daxd'))).toEqual(['client'])
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'))
  expect(dependencies).toBeUndefined()
})

test(
  'every program of the page is right by the published types, checked to the last',
  async () => {
    for (const example of EXAMPLES) writeFileSync(join(project, fileOf(example)), example.code)
    const wrong = "import { DaxdError } from '@daxd/client'\n"
    const uses = "export const is = (e: DaxdError): boolean => e.code === 'no_such_code'\n"
    writeFileSync(join(project, 'wrong.ts'), wrong + uses)
    const compilerOptions = {
      target: 'es2024',
      lib: ['es2024', 'dom'],
      module: 'nodenext',
      types: [],
      strict: true,
      exactOptionalPropertyTypes: true,
    }
    const check = async (files: readonly string[]): Promise<string> => {
      writeFileSync(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }))
      const flags = [TSC, '--project', project, '--noEmit']
      return run(process.execPath, flags).then(
        () => '',
        ({ stdout }) => stdout,
      )
    }
    expect(await check(EXAMPLES.map(fileOf))).toBe('')
    expect(await check(['wrong.ts'])).toContain('wrong.ts(2,')
  },
  STEP_TIMEOUT_MS,
)

test(
  'the programs of the page run one after the other and print what it shows',
  async () => {
    const { url } = await startTestDaemon()
    const directory = mkdtempSync(join(tmpdir(), 'daxd-client-socket-'))
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
    const socket = `unix:${join(directory, 'daxd.sock')}`
    await startIdentityDaemon({ listen: socket }, directory)
    for (const example of EXAMPLES) {
      const code = example.code.replaceAll(PAGE.url, url).replaceAll(PAGE.socket, socket)
      const file = join(project, `run-${fileOf(example)}`)
      writeFileSync(file, code)
      const { stdout, stderr } = await run(process.execPath, [file], { cwd: project })
      expect({ line: example.line, stderr }).toEqual({ line: example.line, stderr: '' })
      if (example.output !== null) expect(stdout).toBe(example.output)
      else expect(code.includes('console.log') ? stdout : 'silent').not.toBe('')
    }
    expect(EXAMPLES.length).toBeGreaterThan(7)
  },
  STEP_TIMEOUT_MS,
)
