import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { wantedAt } from '../../src/cli/completion/candidates.ts'
import { SCRIPTS, SHELLS } from '../../src/cli/completion/shell-scripts.ts'
import { createWholeProgram } from '../../src/cli/whole-program.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { cliAt } from './support/run-daxd.ts'

/** The words that are offered where the cursor stands, after `daxd`. */
function words(...typed: string[]): readonly string[] | string {
  const wanted = wantedAt(createWholeProgram(), typed)
  if (wanted.kind === 'words') return wanted.words.map(({ word }) => word)
  return wanted.kind === 'names' ? `names of ${wanted.of}` : 'files'
}

test('commands, their options and the values of these come from their own description', () => {
  expect(words('')).toEqual(expect.arrayContaining(['list', 'claim', 'serve', 'region']))
  expect(words('')).not.toContain('complete')
  expect(words('region', '')).toEqual(['map', 'set', 'help'])
  expect(words('destroy-device', '--')).toEqual(expect.arrayContaining(['--force', '--if-busy']))
  expect(words('destroy-device', '--if-busy', '')).toEqual(['refuse', 'drain', 'revoke'])
  expect(words('destroy-device', '--if-busy=')).toEqual([
    ...['--if-busy=refuse', '--if-busy=drain', '--if-busy=revoke'],
  ])
  expect(words('reconfigure-device', '-fm', '')).toEqual(['devdax', 'system-ram'])
  expect(words('completion', '')).toEqual(['bash', 'zsh', 'fish'])
})

test('names are asked for where names are wanted, files where files are', () => {
  expect(words('list', '-r', '')).toBe('names of region')
  expect(words('list', '-RDd', '')).toBe('names of device')
  expect(words('destroy-device', '-f', 'dax0.1', '')).toBe('names of device')
  expect(words('release', '')).toBe('names of claim')
  expect(words('list', '--token-file', '')).toBe('files')
  expect(words('create-device', '--input', '')).toBe('files')
  expect(words('claim', '-s', '4m', '--', '')).toBe('files')
  expect(words('users', 'dax0.1', '')).toEqual([])
})

test('before a command stand the options of the connection, but of those that speak to no daemon', () => {
  expect(words('--')).toEqual(expect.arrayContaining(['--url', '--json', '--version']))
  expect(words('--url', 'http://a:1', '')).toEqual(expect.arrayContaining(['list', 'claim']))
  expect(words('--url=http://a:1', 'list', '-r', '')).toBe('names of region')
  expect(words('--json', 'region', '--url', 'http://a:1', '')).toEqual(['map', 'set', 'help'])
  expect(words('--token-file', '')).toBe('files')
  expect(words('--url', '')).toEqual([])
  expect(words('token', '--')).toEqual(['--help'])
})

test('the daemon tells the names, and where there is none nothing is offered', async () => {
  const { url } = await startTestDaemon()
  const daxd = cliAt(url)
  await daxd('create-device', '-r', '0', '-s', '64m')
  expect(await daxd('complete', '--', 'enable-device', '')).toEqual({
    ...{ code: 0, stdout: 'dax0.0\t64 MiB enabled\n', stderr: '' },
  })
  expect(await cliAt('')('complete', '--', '--url', url, 'enable-device', '')).toMatchObject({
    stdout: 'dax0.0\t64 MiB enabled\n',
  })
  const away = await cliAt('http://127.0.0.1:1')('complete', '--', 'enable-device', '')
  expect(away).toEqual({ code: 0, stdout: '', stderr: '' })
})

/** What a shell offers after a line, as its own machinery finds it. */
const ASK = {
  bash: `source "$1"; COMP_WORDS=(daxd region m); COMP_CWORD=2; _daxd; echo "\${COMPREPLY[@]}"`,
  zsh: `autoload -Uz compinit && compinit -u -D; source "$1"
    _describe() { print -r -- "\${(@P)2}" }; words=(daxd region m); CURRENT=3; _daxd`,
  fish: 'source $argv[1]; complete -C "daxd region m"',
} as const

test.for(SHELLS)('%s completes by its script', (shell, { skip }) => {
  const { error } = spawnSync(shell, ['-c', 'exit 0'])
  skip(error !== undefined, `NOT RUN: ${shell} is not installed`)
  const directory = mkdtempSync(join(tmpdir(), 'daxd-shell-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
  const script = join(directory, 'completion')
  writeFileSync(script, SCRIPTS[shell])
  const main = join(import.meta.dirname, '../../src/main.ts')
  writeFileSync(join(directory, 'daxd'), `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`)
  chmodSync(join(directory, 'daxd'), 0o755)
  const args = shell === 'fish' ? ['-c', ASK.fish, script] : ['-c', ASK[shell], shell, script]
  const { stdout, stderr } = spawnSync(shell, args, {
    encoding: 'utf8',
    env: { ...process.env, HOME: directory, PATH: `${directory}:${process.env['PATH']}` },
  })
  expect({ stderr, isOffered: /(?:^|\s)map\b/.test(stdout) }).toEqual({
    ...{ stderr: '', isOffered: true },
  })
})
