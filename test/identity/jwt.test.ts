import { createSecretKey } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { base64url } from 'jose'
import { expect, test } from 'vitest'
import { startIdentityDaemon, temporaryDirectory } from './support/identity-daemon.ts'
import { createIssuer, ISSUER, serviceAccountClaims } from './support/issuer.ts'
import { until } from './support/until.ts'

const PRINCIPALS = `
    principals:
      - { claim: sub, value: 'system:serviceaccount:daxd:driver', role: operator, name: driver }
      - { claim: [kubernetes.io, namespace], value: batch, role: tenant, tenant: batch }
      - { claim: groups, value: watchers, role: viewer }`

/** A daemon that trusts one issuer, whose keys are in a file. */
async function start(kind?: Parameters<typeof createIssuer>[0]) {
  const directory = temporaryDirectory()
  const issuer = createIssuer(kind)
  const keys = join(directory, 'jwks.json')
  const identities = join(directory, 'identities.yaml')
  writeFileSync(keys, issuer.jwks)
  writeFileSync(
    identities,
    `jwt:\n  - issuer: ${ISSUER}\n    audience: daxd\n    jwks_file: ${keys}${PRINCIPALS}\n`,
  )
  const daemon = await startIdentityDaemon({ identities }, directory)
  return { issuer, keys, identities, daemon }
}

test("a pod's audience-bound service-account token is whom its claims stand for", async () => {
  const { issuer, daemon } = await start()
  const ask = async (claims: object) =>
    (await daemon.get('/v1/whoami', { bearer: await issuer.sign({ ...claims }) })).body
  expect(await ask(serviceAccountClaims())).toEqual({
    ...{ name: 'system:serviceaccount:batch:worker', role: 'tenant', tenant: 'batch', via: 'jwt' },
  })
  expect(await ask(serviceAccountClaims('daxd', 'driver'))).toEqual({
    ...{ name: 'driver', role: 'operator', tenant: null, via: 'jwt' },
  })
  const grouped = { ...serviceAccountClaims('other'), groups: ['staff', 'watchers'] }
  expect((await ask(grouped)).role).toBe('viewer')
  expect((await ask(serviceAccountClaims('other'))).status).toBe(401)
  expect((await ask(serviceAccountClaims('Batch'))).status).toBe(401)
})

test.each(['rsa', 'ec', 'ed25519'] as const)('keys of kind %s are taken', async (kind) => {
  const { issuer, daemon } = await start(kind)
  const bearer = await issuer.sign(serviceAccountClaims())
  expect((await daemon.who({ bearer }))[0]).toBe(200)
})

test('a JWT that is not wholly right is nobody', async () => {
  const { issuer, daemon } = await start()
  const claims = serviceAccountClaims()
  const { exp: _exp, ...endless } = claims
  const { aud: _aud, ...forAll } = claims
  const { iss: _iss, ...ofNobody } = claims
  const now = Math.floor(Date.now() / 1000)
  const good = await issuer.sign(claims)
  const [header, payload, signature] = good.split('.')
  const asAdmin = { ...claims, sub: 'system:serviceaccount:daxd:driver' }
  const secret = createSecretKey(
    Buffer.from(issuer.publicKey.export({ type: 'spki', format: 'pem' })),
  )
  const encode = (value: object): string => base64url.encode(JSON.stringify(value))
  const wrong: Record<string, string> = {
    'another audience': await issuer.sign({ ...claims, aud: ['https://kubernetes.default.svc'] }),
    'no audience': await issuer.sign(forAll),
    'another issuer': await issuer.sign({ ...claims, iss: 'https://elsewhere.example' }),
    'no issuer': await issuer.sign(ofNobody),
    'no end': await issuer.sign(endless),
    'ended, beyond any skew': await issuer.sign({ ...claims, exp: now - 40 }),
    'not yet begun': await issuer.sign({ ...claims, nbf: now + 60 }),
    'the key of a stranger': await createIssuer().sign(claims, {
      kid: JSON.parse(issuer.jwks).keys[0].kid,
    }),
    'an unknown key': await createIssuer().sign(claims),
    'another algorithm of the same key': await issuer.sign(claims, { alg: 'PS256' }),
    'the public key as a secret': await issuer.sign(claims, { alg: 'HS256', key: secret }),
    'no signature': `${encode({ alg: 'none' })}.${payload}.`,
    'an algorithm none, and a signature': `${encode({ alg: 'none' })}.${payload}.${signature}`,
    'claims of another': `${header}.${encode(asAdmin)}.${signature}`,
    'no claims': `${header}.${encode([])}.${signature}`,
  }
  const told: Record<string, number> = {}
  for (const [what, bearer] of Object.entries(wrong)) told[what] = (await daemon.who({ bearer }))[0]
  const refused = Object.keys(wrong).map((what) => [what, 401])
  expect(told).toEqual(Object.fromEntries(refused))
  expect(await daemon.who({ bearer: good })).toEqual([200, 'system:serviceaccount:batch:worker'])
  expect(daemon.log()).not.toContain(signature)
})

test('clocks may differ by 30 s', async () => {
  const { issuer, daemon } = await start()
  const now = Math.floor(Date.now() / 1000)
  const ended = await issuer.sign({ ...serviceAccountClaims(), exp: now - 5 })
  expect((await daemon.who({ bearer: ended }))[0]).toBe(200)
  const early = await issuer.sign({ ...serviceAccountClaims(), nbf: now + 15 })
  expect((await daemon.who({ bearer: early }))[0]).toBe(200)
})

test('a verdict that is kept ends with the JWT', async () => {
  const { issuer, daemon } = await start()
  const claims = { ...serviceAccountClaims(), exp: Math.floor(Date.now() / 1000) - 27 }
  const bearer = await issuer.sign(claims)
  expect((await daemon.who({ bearer }))[0]).toBe(200)
  await until(async () => (await daemon.who({ bearer }))[0] === 401)
  expect((await daemon.get('/v1/whoami', { bearer })).body.detail).toBe('The JWT is expired.')
})

test('with new keys in the file the old ones end, what was seen good before as well', async () => {
  const { issuer, keys, daemon } = await start()
  const before = await issuer.sign(serviceAccountClaims())
  expect((await daemon.who({ bearer: before }))[0]).toBe(200)
  const next = createIssuer('ec')
  writeFileSync(keys, next.jwks)
  await until(async () => (await daemon.who({ bearer: before }))[0] === 401)
  const after = await next.sign(serviceAccountClaims())
  expect((await daemon.who({ bearer: after }))[0]).toBe(200)
  writeFileSync(keys, '{"keys": "none"}')
  await until(async () => (await daemon.get('/readyz')).body.reasons.length > 0)
  expect((await daemon.who({ bearer: after }))[0]).toBe(200)
})

test('who is struck from the identities is nobody, whatever was seen good before', async () => {
  const { issuer, identities, keys, daemon } = await start()
  const bearer = await issuer.sign(serviceAccountClaims())
  expect((await daemon.who({ bearer }))[0]).toBe(200)
  writeFileSync(
    identities,
    `jwt: [{ issuer: '${ISSUER}', audience: daxd, jwks_file: ${keys},
      principals: [{ claim: sub, value: nobody, role: viewer }] }]`,
  )
  await until(async () => (await daemon.who({ bearer }))[0] === 401)
})

const SOMEBODY = 'principals: [{ claim: sub, value: a, role: viewer }]'

test.each([
  ['no key set', `jwt: [{ issuer: a, audience: b, ${SOMEBODY} }]`, 'jwks_url'],
  [
    'a key set by http',
    `jwt: [{ issuer: a, audience: b, jwks_url: 'http://x/', ${SOMEBODY} }]`,
    'https',
  ],
  ['a tenant without a name', 'certificates: [{ common_name: a, role: tenant }]', 'a tenant'],
  ['two subjects', 'certificates: [{ common_name: a, dns: b, role: viewer }]', 'needs one of'],
  ['an unknown key', 'certificate: []', 'certificate'],
  ['an unknown role', 'certificates: [{ common_name: a, role: root }]', 'certificates[0].role'],
  ['no YAML', 'certificates: [', 'line 1'],
  [
    'certificates and no --client-ca',
    'certificates: [{ common_name: a, role: viewer }]',
    '--client-ca',
  ],
])('a file of identities with %s ends the start', async (_what, text, said) => {
  const directory = temporaryDirectory()
  const identities = join(directory, 'identities.yaml')
  writeFileSync(identities, text)
  await expect(startIdentityDaemon({ identities }, directory)).rejects.toThrow(
    expect.objectContaining({ message: expect.stringContaining(said) }),
  )
})
