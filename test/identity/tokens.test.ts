import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { get } from 'node:http'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createToken, revokeToken } from '../../src/identity/token-file.ts'
import { startIdentityDaemon, temporaryDirectory } from './support/identity-daemon.ts'
import { until } from './support/until.ts'

const ADMIN = { name: 'ops', role: 'admin', tenant: null, lifeMs: null, note: '' } as const
const TENANT = { name: 'ci', role: 'tenant', tenant: 'red', lifeMs: null, note: '' } as const
/** What the contract promises for a revocation, and as much again for a slow machine. */
const REVOKED_WITHIN_MS = 2000

test('where nothing is configured everybody is anyone, until the first token is made', async () => {
  const daemon = await startIdentityDaemon()
  const { body } = await daemon.get('/v1/whoami')
  expect(body).toEqual({ name: 'anyone', role: 'admin', tenant: null, via: 'anyone' })
  createToken(daemon.directory, ADMIN)
  await until(async () => (await daemon.who())[0] === 401)
  expect((await daemon.get('/livez')).status).toBe(200)
})

test('a token is whom it was made for; another one, or a part of it, is nobody', async () => {
  const directory = temporaryDirectory()
  const { text } = createToken(directory, TENANT)
  const daemon = await startIdentityDaemon({}, directory)
  const { body } = await daemon.get('/v1/whoami', { bearer: text })
  expect(body).toEqual({ name: 'ci', role: 'tenant', tenant: 'red', via: 'token' })
  const last = text.endsWith('A') ? 'B' : 'A'
  const [, id] = text.split('_')
  for (const bearer of [
    text.slice(0, -1),
    text.slice(0, -1) + last,
    `${text}A`,
    text.replace(`${id}`, '0123456789abcdef'),
    `daxd_${id}_`,
    `${id}`,
    'daxd__proto___',
  ]) {
    expect([bearer, ...(await daemon.who({ bearer }))]).toEqual([bearer, 401, undefined])
  }
})

test('a token that is made or revoked beside a running daemon counts within a second', async () => {
  const directory = temporaryDirectory()
  const { text: other } = createToken(directory, ADMIN)
  const daemon = await startIdentityDaemon({}, directory)
  expect(await daemon.who({ bearer: other })).toEqual([200, 'ops'])
  const { text, record } = createToken(directory, TENANT)
  const known = await until(async () => (await daemon.who({ bearer: text }))[0] === 200)
  revokeToken(directory, record.id)
  const gone = await until(async () => (await daemon.who({ bearer: text }))[0] === 401)
  expect(Math.max(known, gone)).toBeLessThan(REVOKED_WITHIN_MS)
  expect((await daemon.get('/v1/whoami', { bearer: text })).body.detail).toBe(
    'The token is revoked.',
  )
  expect(await daemon.who({ bearer: other })).toEqual([200, 'ops'])
})

test('a token ends at its time', async () => {
  const directory = temporaryDirectory()
  const daemon = await startIdentityDaemon({}, directory)
  const { text } = createToken(directory, { ...ADMIN, lifeMs: 1500 })
  await until(async () => (await daemon.who())[0] === 401)
  await until(async () => (await daemon.who({ bearer: text }))[0] === 401)
  const { body } = await daemon.get('/v1/whoami', { bearer: text })
  expect(body.detail).toBe('The token is expired.')
})

test('a stream of events ends with the token that opened it', async () => {
  const directory = temporaryDirectory()
  const { text, record } = createToken(directory, ADMIN)
  const daemon = await startIdentityDaemon({}, directory)
  const headers = { authorization: `Bearer ${text}`, accept: 'text/event-stream' }
  const ended = new Promise<void>((resolve, reject) => {
    get(`${daemon.url}/v1/events`, { headers }, (answer) => {
      expect(answer.statusCode).toBe(200)
      answer.once('error', () => resolve()).once('end', resolve)
      answer.resume()
      revokeToken(directory, record.id)
    }).once('error', reject)
  })
  await ended
})

test('a file that is broken or gone leaves the last good one in force, and is told', async () => {
  const directory = temporaryDirectory()
  const path = join(directory, 'tokens.json')
  const { text } = createToken(directory, ADMIN)
  const daemon = await startIdentityDaemon({}, directory)
  const problems = async () => (await daemon.get('/readyz')).body
  const told = {
    ready: true,
    reasons: ['tokens: cannot be read anew; what was read before is in force'],
  }
  renameSync(path, `${path}.kept`)
  await until(async () => (await problems()).reasons.length > 0)
  expect(await problems()).toEqual(told)
  expect(await daemon.who({ bearer: text })).toEqual([200, 'ops'])
  expect(await daemon.who()).toEqual([401, undefined])
  writeFileSync(path, 'broken')
  await until(async () => {
    expect(await problems()).toEqual(told)
    return daemon.log().includes('it is not JSON')
  })
  expect(await daemon.who({ bearer: text })).toEqual([200, 'ops'])
  rmSync(path)
  renameSync(`${path}.kept`, path)
  await until(async () => (await problems()).reasons.length === 0)
})

test('a daemon does not start on a broken file, as it would let in everybody', async () => {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'tokens.json'), 'broken')
  await expect(startIdentityDaemon({}, directory)).rejects.toMatchObject({
    code: 'malformed',
    message: `${directory}/tokens.json cannot be used: it is not JSON.`,
  })
})

test('the token of --token-file goes on being an admin, beside those of daxd', async () => {
  const directory = temporaryDirectory()
  const file = join(directory, 'token')
  writeFileSync(file, 'a-token-as-before\n')
  const { text } = createToken(directory, TENANT)
  const daemon = await startIdentityDaemon({ 'token-file': file }, directory)
  const { body } = await daemon.get('/v1/whoami', { bearer: 'a-token-as-before' })
  expect(body).toEqual({ name: 'token-file', role: 'admin', tenant: null, via: 'token' })
  expect(await daemon.who({ bearer: text })).toEqual([200, 'ci'])
  expect(await daemon.who()).toEqual([401, undefined])
})

test('no log, at whatever level, has a secret in it', async () => {
  const directory = temporaryDirectory()
  const file = join(directory, 'token')
  writeFileSync(file, 'a-token-as-before\n')
  const { text, record } = createToken(directory, ADMIN)
  const daemon = await startIdentityDaemon({ 'token-file': file }, directory)
  const wrong = text.replace(/.{8}$/, 'WRONGEND')
  for (const bearer of [text, wrong, 'a-token-as-before', 'a-wrong-secret.b.c']) {
    await daemon.get('/v1/whoami', { bearer })
  }
  revokeToken(directory, record.id)
  await until(async () => (await daemon.who({ bearer: text }))[0] === 401)
  const log = daemon.log()
  expect(log).toContain(`token ${record.id} is revoked`)
  const secrets = [text.slice(-43), wrong.slice(-43), 'a-token-as-before', 'a-wrong-secret']
  expect(secrets.filter((secret) => log.includes(secret))).toEqual([])
})

test('who guesses is 429 for a while, and locks out nobody whose token cannot be guessed', async () => {
  const directory = temporaryDirectory()
  const file = join(directory, 'token')
  writeFileSync(file, 'a-token-as-before\n')
  const { text } = createToken(directory, ADMIN)
  const daemon = await startIdentityDaemon({ 'token-file': file }, directory)
  const guesses = Array.from({ length: 20 }, (_, at) => `a-guess-number-${at}`)
  for (const bearer of guesses) expect((await daemon.who({ bearer }))[0]).toBe(401)
  const { status, headers, body } = await daemon.get('/v1/whoami', { bearer: 'one-more-guess' })
  expect({ status, code: body.code, errno: body.errno }).toEqual({
    ...{ status: 429, code: 'too_many_failures', errno: 'EAGAIN' },
  })
  expect(Number(headers['retry-after'])).toBe(body.retry_after_s)
  expect((await daemon.who({ bearer: 'a-token-as-before' }))[0]).toBe(429)
  expect(await daemon.who({ bearer: text })).toEqual([200, 'ops'])
  expect((await daemon.who())[0]).toBe(401)
  expect((await daemon.get('/livez')).status).toBe(200)
})
