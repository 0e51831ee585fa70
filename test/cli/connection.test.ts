/** Where the daemon is, and who asks: flags, environment, files, in this order. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { readConnection } from '../../src/cli/connection/connection-settings.ts'
import { createAuthority } from '../identity/support/authority.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { cliAt, finish, spawnDaxd, untilSaid } from './support/run-daxd.ts'

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'daxd-cli-'))
  onTestFinished(() => rmSync(directory, { recursive: true }))
})

function ownFile(text: string): string {
  mkdirSync(join(directory, 'daxd'), { recursive: true })
  writeFileSync(join(directory, 'daxd', 'client.yaml'), text)
  return directory
}

const NO_FILES = { XDG_CONFIG_HOME: '/nonexistent' }

test('a flag beats the environment, that the file, and url and socket are one setting', () => {
  const home = ownFile('url: http://file:1\ntoken-file: /file/token\nca: /file/ca.pem\n')
  const env = { XDG_CONFIG_HOME: home, DAXD_SOCKET: '/env/daxd.sock', DAXD_TOKEN_FILE: 'token' }
  const certificates = { ca: '/file/ca.pem', cert: null, key: null }
  expect(readConnection({}, env)).toEqual({
    ...{ url: 'unix:/env/daxd.sock', tokenFile: resolve('token'), ...certificates },
  })
  expect(readConnection({ url: 'https://flag:2', tokenFile: '/flag' }, env)).toEqual({
    ...{ url: 'https://flag:2/', tokenFile: '/flag', ...certificates },
  })
  expect(readConnection({}, { XDG_CONFIG_HOME: home })).toEqual({
    ...{ url: 'http://file:1/', tokenFile: '/file/token', ...certificates },
  })
})

test('without a word of it, the daemon is where it listens by default', () => {
  expect(readConnection({}, NO_FILES)).toEqual({
    ...{
      url: expect.stringMatching(/^(?:http:\/\/127\.0\.0\.1:7329|unix:\/run\/daxd\/daxd\.sock)$/),
    },
    ...{ tokenFile: null, ca: null, cert: null, key: null },
  })
})

test.each([
  ['both say where', { url: 'http://a:1', socket: '/b' }, NO_FILES, /Both say where/],
  ['an address is none', { url: 'ftp://a' }, NO_FILES, /neither http/],
  ['a certificate has no key', { cert: 'a.pem' }, NO_FILES, /go together/],
  ['a named file is not there', {}, { DAXD_CLIENT_CONFIG: '/nonexistent' }, /cannot be read/],
])('it is refused when %s', (_when, flags, env, said) => {
  expect(() => readConnection(flags, env)).toThrow(said)
})

test('an unknown setting in a file is named with the file', () => {
  const home = ownFile('adress: http://a:1\n')
  expect(() => readConnection({}, { XDG_CONFIG_HOME: home })).toThrow(/client\.yaml.*adress/)
})

test('a daemon on a unix socket is spoken to, and knows the caller by it', async () => {
  const socket = join(directory, 'daxd.sock')
  const flags = ['--state-dir', join(directory, 'state'), '--listen', `unix:${socket}`]
  await untilSaid(spawnDaxd(['serve', ...flags], {}), 'stdout', '"listening"')
  const { code, stdout } = await cliAt('')('whoami', '--socket', socket)
  expect({ code, who: JSON.parse(stdout) }).toEqual({
    code: 0,
    who: { name: 'socket', role: 'admin', tenant: null, via: 'socket' },
  })
})

test('the token of a file says who asks, and a role that does not suffice ends with 8', async () => {
  const { url, directory: state } = await startTestDaemon()
  const daxd = cliAt(url)
  const made = await daxd(
    ...['token', 'create', '--state-dir', state, '--name', 'eve', '--role', 'viewer'],
  )
  const file = join(directory, 'token')
  writeFileSync(file, made.stdout)
  const as = cliAt(url, { DAXD_TOKEN_FILE: file })
  await expect
    .poll(async () => (await as('whoami')).stdout, { timeout: 20_000 })
    .toContain('"name":"eve"')
  const denied = await as('create-device', '-r', '0', '-s', '2m')
  expect(denied).toMatchObject({ code: 8, stderr: expect.stringContaining('daxd whoami') })
})

test('certificates prove the daemon to the caller and the caller to the daemon', async () => {
  const authority = createAuthority(directory, 'authority')
  const service = authority.issue('service', { names: 'IP:127.0.0.1' })
  const ops = authority.issue('ops')
  const identities = join(directory, 'identities.yaml')
  writeFileSync(identities, 'certificates: [{ common_name: ops, role: operator }]\n')
  const tls = ['--tls-cert', service.certificateFile, '--tls-key', service.keyFile]
  const known = ['--client-ca', authority.caFile, '--identities', identities]
  const place = ['--state-dir', join(directory, 'state'), '--listen', '127.0.0.1:0']
  const daemon = spawnDaxd(['serve', ...place, ...tls, ...known], {})
  const said = await untilSaid(daemon, 'stdout', '"listening"')
  const daxd = cliAt(/"url":"([^"]+)"/.exec(said)?.[1] ?? '')
  const shown = ['--cert', ops.certificateFile, '--key', ops.keyFile]
  const [who, nobody, untrusting] = await Promise.all([
    daxd('whoami', '--ca', authority.caFile, ...shown),
    daxd('whoami', '--ca', authority.caFile),
    daxd('whoami'),
  ])
  expect(JSON.parse(who?.stdout ?? '')).toEqual({
    ...{ name: 'ops', role: 'operator', tenant: null, via: 'certificate' },
  })
  expect(nobody?.code).toBe(8)
  expect(untrusting).toMatchObject({ code: 9, stderr: expect.stringMatching(/certificate/i) })
})

test.for([
  ['before a command', ['--url', 'URL', 'whoami']],
  ['before it with a sign', ['--json', '--url=URL', 'whoami']],
  ['before a group of commands', ['--url', 'URL', 'region', 'map', '0']],
  ['inside of one', ['region', '--url', 'URL', 'map', '0']],
  ['before and after, of which the last counts', ['--url', 'http://a:1', 'whoami', '--url', 'URL']],
  ['before what runs a command', ['--url', 'URL', 'lease', 'job', '--', 'echo', '--url', 'b']],
] as const)('where the daemon is may be said %s', async ([_where, words]) => {
  const { url } = await startTestDaemon()
  const said = words.map((word) => word.replace('URL', url))
  const { code, stderr } = await finish(spawnDaxd(said, {}))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})

test.each([
  [['--url', 'http://a:1'], /--url is of commands that speak to a daemon/],
  [['--token-file', 'a', '--json'], /--json is of commands that speak to a daemon/],
  [['--url'], /--url is of commands that speak to a daemon/],
  [['--url', 'http://a:1', 'lst'], /too many arguments.*lst/],
  [['--url', 'http://a:1', 'ledger', 'verify'], /unknown option '--url'/],
  [['--url', 'http://a:1', '--listen', 'b'], /unknown option '--url'/],
])('%j speaks to no daemon: it ends with 2 and says why', async (words, said) => {
  const ran = await finish(spawnDaxd(words, {}))
  expect(ran).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(said) })
})

test('what is said before the command alone is for serve, as without a word of it', async () => {
  const ran = await finish(spawnDaxd(['--token-file', join(directory, 'none')], {}))
  expect(ran).toMatchObject({ code: 2, stderr: expect.stringContaining('The token file') })
})

test('--help says that the options of the connection may stand before the command', async () => {
  const [bare, told] = await Promise.all([
    finish(spawnDaxd(['--help'], {})),
    finish(spawnDaxd(['--url', 'http://a:1', '--help'], {})),
  ])
  expect(bare.stdout).toMatch(/--json, --url, .* and --key\nbefore their name as well as after/)
  expect(told).toEqual(bare)
})
