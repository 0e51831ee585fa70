import { spawnSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { readConfig, type Settings } from '../../src/config.ts'
import { createToken } from '../../src/identity/token-file.ts'
import { requireSafeListening, warningsOf } from '../../src/safe-listening.ts'
import { startDaemon } from '../../src/serve.ts'
import { temporaryDirectory } from './support/identity-daemon.ts'

const MAIN = resolve(import.meta.dirname, '../../src/main.ts')
const END_TIMEOUT_MS = 30_000
const ADMIN = { name: 'ops', role: 'admin', tenant: null, lifeMs: null, note: '' } as const
const EVERYWHERE = '0.0.0.0:0'
const PAIR = { 'tls-cert': '/x.pem', 'tls-key': '/x.key' } as const

/** Why listening so is refused, null where it is not. */
function reason(directory: string, flags: Settings): string | null {
  try {
    requireSafeListening(readConfig({ 'state-dir': directory, ...flags }, {}))
    return null
  } catch (error) {
    return (error as Error).message.split(':', 1)[0] ?? ''
  }
}

const UNKNOWN_CALLERS = 'Listening beyond loopback needs callers to be known'
const NO_TLS = 'Listening beyond loopback needs TLS'

test('beyond loopback both TLS and known callers are needed, or the word that says not', () => {
  const bare = temporaryDirectory()
  const withToken = temporaryDirectory()
  createToken(withToken, ADMIN)
  const identities = join(bare, 'identities.yaml')
  const listen = EVERYWHERE
  const noAuth = { 'insecure-no-auth': true }
  const noTls = { 'insecure-no-tls': true }
  const told = [
    reason(bare, { listen }),
    reason(bare, { listen, ...PAIR }),
    reason(bare, { listen, ...noAuth }),
    reason(bare, { listen, ...noAuth, ...noTls }),
    reason(bare, { listen, ...noAuth, ...PAIR }),
    reason(bare, { listen, ...noTls }),
    reason(withToken, { listen }),
    reason(withToken, { listen, ...PAIR }),
    reason(withToken, { listen, ...noTls }),
    reason(bare, { listen, ...PAIR, identities }),
  ]
  expect(told).toEqual([
    ...[UNKNOWN_CALLERS, UNKNOWN_CALLERS, NO_TLS, null, null],
    ...[UNKNOWN_CALLERS, NO_TLS, null, null, null],
  ])
})

test.each(['127.0.0.1:0', '127.8.9.1:0', '[::1]:0', 'localhost:0', 'unix:/run/x.sock'])(
  'listening on %s needs neither',
  (listen) => expect(reason(temporaryDirectory(), { listen })).toBeNull(),
)

test.each(['[::]:0', '10.0.0.1:0', '1.127.0.0:0', 'localhost.example:0', '[::ffff:1.2.3.4]:0'])(
  'listening on %s needs both',
  (listen) => expect(reason(temporaryDirectory(), { listen })).toBe(UNKNOWN_CALLERS),
)

test('what is left open is warned of at every start, and nothing else', () => {
  const bare = temporaryDirectory()
  const withToken = temporaryDirectory()
  createToken(withToken, ADMIN)
  const open = { 'insecure-no-auth': true, 'insecure-no-tls': true }
  const warnings = (directory: string, flags: Settings) =>
    warningsOf(readConfig({ 'state-dir': directory, ...flags }, {}))
  expect(warnings(bare, { listen: EVERYWHERE, ...open })).toEqual([
    'no authentication: whoever can connect can do everything',
    'no TLS: credentials and data go over the network in clear',
  ])
  expect(warnings(withToken, { listen: EVERYWHERE, ...open, ...PAIR })).toEqual([])
  expect(warnings(bare, {})).toEqual([])
})

test.each([
  [{ 'tls-cert': '/x.pem' }, '--tls-cert FILE and --tls-key FILE go together.'],
  [{ 'client-ca': '/x.pem' }, '--client-ca means nothing without --tls-cert'],
  [{ ...PAIR, 'client-ca': '/x.pem' }, '--client-ca means nothing without --identities'],
  [{ ...PAIR, listen: 'unix:/x.sock' }, '--tls-cert means nothing on a unix socket.'],
])('%j is refused, since it would do less than it says', (flags, said) => {
  expect(() => readConfig(flags, {})).toThrow(said)
})

test('a certificate that cannot be read ends the start with the reason', async () => {
  const directory = temporaryDirectory()
  const pair = { 'tls-cert': join(directory, 'none.pem'), 'tls-key': join(directory, 'none.key') }
  const config = readConfig({ 'state-dir': directory, ...pair }, {})
  const started = startDaemon(config, pino({ level: 'silent' }), '0.0.0-test')
  await expect(started).rejects.toThrow('none.pem')
  writeFileSync(pair['tls-cert'], 'no certificate')
  writeFileSync(pair['tls-key'], 'no key')
  const again = startDaemon(config, pino({ level: 'silent' }), '0.0.0-test')
  await expect(again).rejects.toThrow('none.pem')
})

test('the command line refuses with exit code 2 before it touches the state directory', () => {
  const state = join(temporaryDirectory(), 'state')
  const { status, stderr } = spawnSync(
    process.execPath,
    [MAIN, 'serve', '--listen', EVERYWHERE, '--state-dir', state],
    { encoding: 'utf8', timeout: END_TIMEOUT_MS },
  )
  expect([status, stderr.split(':')[1]]).toEqual([2, ` ${UNKNOWN_CALLERS}`])
})

test('a host with tenants does not open for everybody when its tokens are lost', async () => {
  const directory = temporaryDirectory()
  const { text } = createToken(directory, ADMIN)
  const start = (more: Settings = {}) => {
    const config = readConfig({ 'state-dir': directory, ...more }, {})
    return startDaemon(config, pino({ level: 'silent' }), '0.0.0-test')
  }
  const daemon = await start()
  const answer = await daemon.app.inject({
    method: 'PUT',
    url: '/v1/tenants/red',
    headers: { authorization: `Bearer ${text}` },
    payload: { name_prefix: 'red.' },
  })
  expect(answer.statusCode).toBe(201)
  await daemon.close()
  rmSync(join(directory, 'tokens.json'))
  await expect(start()).rejects.toThrow(/^The ledger has tenants \(1\), but nobody would be asked/)
  await (await start({ 'insecure-no-auth': true })).close()
})
