import { execFile } from 'node:child_process'
import { chownSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { createToken, listTokens, revokeToken } from '../../src/identity/token-file.ts'
import { digestOf } from '../../src/identity/token-text.ts'
import { temporaryDirectory } from './support/identity-daemon.ts'

const MAIN = resolve(import.meta.dirname, '../../src/main.ts')
const PROCESSES_TIMEOUT_MS = 120_000
const run = promisify(execFile)

const WISH = { name: 'ci', role: 'tenant', tenant: 'red', lifeMs: 60_000, note: 'a note' } as const

function cli(directory: string, ...args: string[]) {
  return run(process.execPath, [MAIN, 'token', ...args, '--state-dir', directory])
}

test('a token is kept as its digest, in a file for its owner alone, and nowhere in clear', () => {
  const directory = temporaryDirectory()
  const { record, text } = createToken(directory, WISH)
  expect(text).toMatch(new RegExp(`^daxd_${record.id}_[\\w-]{43}$`))
  expect(listTokens(directory)).toEqual([
    {
      ...{ id: record.id, name: 'ci', role: 'tenant', tenant: 'red', note: 'a note' },
      sha256: digestOf(text).toString('hex'),
      created_at: record.created_at,
      expires_at: new Date(Date.parse(record.created_at) + 60_000).toISOString(),
      revoked_at: null,
    },
  ])
  expect(statSync(join(directory, 'tokens.json')).mode & 0o777).toBe(0o600)
  const secret = text.slice(-43)
  const held = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'latin1'))
  expect(held.filter((content) => content.includes(secret))).toEqual([])
})

test('revoking ends a token once and for all, and knows an id that is none', () => {
  const directory = temporaryDirectory()
  const { record } = createToken(directory, WISH)
  expect(revokeToken(directory, 'ffffffffffffffff')).toBe(false)
  expect(revokeToken(directory, record.id)).toBe(true)
  const [first] = listTokens(directory)
  expect(first?.revoked_at).not.toBeNull()
  expect(revokeToken(directory, record.id)).toBe(true)
  expect(listTokens(directory)).toEqual([first])
})

test('tokens that ended long ago are let go of when one is made', () => {
  const directory = temporaryDirectory()
  const path = join(directory, 'tokens.json')
  const { record } = createToken(directory, { ...WISH, lifeMs: null })
  const { record: dead } = createToken(directory, { ...WISH, lifeMs: null })
  const text = readFileSync(path, 'utf8')
  const file = JSON.parse(text)
  file.tokens[1].expires_at = '2020-01-01T00:00:00.000Z'
  writeFileSync(path, JSON.stringify(file))
  const { record: next } = createToken(directory, WISH)
  expect(listTokens(directory).map(({ id }) => id)).toEqual([record.id, next.id])
  expect(dead.id).not.toBe(record.id)
})

test.each([
  ['no JSON', '{'],
  ['of another version', '{"version":2,"tokens":[]}'],
  ['with a key of another', '{"version":1,"tokens":[],"more":1}'],
  ['with half a token', '{"version":1,"tokens":[{"id":"0123456789abcdef"}]}'],
])('a file that is %s is refused and left as it is', (_what, text) => {
  const directory = temporaryDirectory()
  const path = join(directory, 'tokens.json')
  writeFileSync(path, text)
  const said = expect.objectContaining({ code: 'malformed' })
  expect(() => createToken(directory, WISH)).toThrow(said)
  expect(() => listTokens(directory)).toThrow(said)
  expect(readFileSync(path, 'utf8')).toBe(text)
})

test('of writers in many processes at once none loses the token of another', {
  timeout: PROCESSES_TIMEOUT_MS,
}, async () => {
  const directory = temporaryDirectory()
  const names = Array.from({ length: 6 }, (_, at) => `writer-${at}`)
  const made = await Promise.all(
    names.map((name) => cli(directory, 'create', '--name', name, '--role', 'viewer')),
  )
  const ids = made.map(({ stdout }) => stdout.split('_')[1])
  const kept = listTokens(directory)
  expect(kept.map(({ name }) => name).sort()).toEqual(names)
  expect(kept.map(({ id }) => id).sort()).toEqual([...ids].sort())
})

test('the command line makes, lists and revokes, and shows a token once', async () => {
  const directory = temporaryDirectory()
  const wish = ['--name', 'ci', '--role', 'tenant', '--tenant', 'red', '--expires', 'never']
  const { stdout } = await cli(directory, 'create', ...wish, '--json')
  const { token, ...told } = JSON.parse(stdout)
  expect(told).toEqual({
    ...{ id: token.split('_')[1], name: 'ci', role: 'tenant', tenant: 'red', note: '' },
    ...{ created_at: told.created_at, expires_at: null, revoked_at: null, state: 'valid' },
  })
  await cli(directory, 'revoke', told.id)
  const { stdout: listed } = await cli(directory, 'list')
  expect(listed.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
    ['ID', 'NAME', 'ROLE', 'TENANT', 'STATE', 'EXPIRES', 'NOTE'],
    [told.id, 'ci', 'tenant', 'red', 'revoked', 'never'],
    [''],
  ])
})

test.each([
  [['create', '--name', 'x', '--role', 'tenant'], 'needs --tenant'],
  [['create', '--name', 'x', '--role', 'tenant', '--tenant', 'a.b'], 'must be 1 to 63 lower-case'],
  [['create', '--name', 'x', '--role', 'root'], 'Allowed choices are'],
  [['create', '--name', 'x', '--role', 'admin', '--expires', '1y'], 'is not a duration'],
  [['create', '--name', '\u0007', '--role', 'admin'], 'must be 1 to 64 printable'],
  [['revoke', 'ffffffffffffffff'], 'There is no token ffffffffffffffff.'],
])('daxd token %j ends with 2 and says why', async (args, said) => {
  await expect(cli(temporaryDirectory(), ...args)).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining(said),
  })
})

test('what root makes belongs to whom the state directory does, so that its daemon can read it', () => {
  const directory = temporaryDirectory()
  const isRoot = process.getuid?.() === 0
  if (isRoot) chownSync(directory, 4711, 4711)
  createToken(directory, WISH)
  const { uid, gid } = statSync(directory)
  const owners = readdirSync(directory).map((name) => {
    const facts = statSync(join(directory, name))
    return [name, facts.uid, facts.gid]
  })
  expect(owners).toEqual([
    ['tokens.json', uid, gid],
    ['tokens.json.lock', uid, gid],
  ])
})
