import { writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { fetchKeys } from '../../src/identity/fetch-keys.ts'
import { createAuthority } from './support/authority.ts'
import { startIdentityDaemon, temporaryDirectory } from './support/identity-daemon.ts'
import { createIssuer, ISSUER, serviceAccountClaims } from './support/issuer.ts'

/** An issuer's own server: real TLS, and an answer of the test's choice. */
async function startKeyServer(answer: (reply: ServerResponse) => void) {
  const directory = temporaryDirectory()
  const authority = createAuthority(directory, 'cluster')
  const { cert, key } = authority.issue('apiserver', { names: 'IP:127.0.0.1' })
  const shown: (string | undefined)[] = []
  const server = createServer({ cert, key }, (request, reply) => {
    shown.push(request.headers.authorization)
    answer(reply)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const url = `https://127.0.0.1:${port}/openid/v1/jwks`
  return { directory, caFile: authority.caFile, url, shown }
}

type KeyServer = Awaited<ReturnType<typeof startKeyServer>>

function startDaemon({ directory, caFile, url }: KeyServer) {
  const identities = join(directory, 'identities.yaml')
  const token = join(directory, 'own-token')
  writeFileSync(token, 'a-token-for-the-issuer\n')
  writeFileSync(
    identities,
    JSON.stringify({
      jwt: [
        {
          issuer: ISSUER,
          audience: 'daxd',
          jwks_url: url,
          jwks_ca_file: caFile,
          jwks_token_file: token,
          principals: [
            { claim: 'sub', value: 'system:serviceaccount:batch:worker', role: 'viewer' },
          ],
        },
      ],
    }),
  )
  return startIdentityDaemon({ identities }, directory)
}

function fetchFrom({ url, caFile }: KeyServer, timeoutMs: number) {
  const signal = AbortSignal.timeout(timeoutMs)
  return fetchKeys({ url, headers: new Headers(), signal, caFile, tokenFile: undefined })
}

test('keys come from the URL with its own authority, once for all who ask', async () => {
  const issuer = createIssuer()
  const server = await startKeyServer((reply) => reply.end(issuer.jwks))
  const daemon = await startDaemon(server)
  const tokens = await Promise.all(
    Array.from({ length: 20 }, () => issuer.sign(serviceAccountClaims())),
  )
  const told = await Promise.all(tokens.map((bearer) => daemon.who({ bearer })))
  expect(new Set(told.map(([status]) => status))).toEqual(new Set([200]))
  // An unknown key asks for another fetch, but not before the keys have cooled down.
  const strangers = await Promise.all(
    Array.from({ length: 5 }, () => createIssuer('ec').sign(serviceAccountClaims())),
  )
  for (const bearer of strangers) expect((await daemon.who({ bearer }))[0]).toBe(401)
  expect(server.shown).toEqual(['Bearer a-token-for-the-issuer'])
})

test('an issuer that fails is no fault of the caller: 503, and not asked for each', async () => {
  const server = await startKeyServer((reply) => reply.writeHead(500).end())
  const daemon = await startDaemon(server)
  const issuer = createIssuer()
  const codes: string[] = []
  for (let count = 0; count < 25; count += 1) {
    const bearer = await issuer.sign(serviceAccountClaims())
    codes.push((await daemon.get('/v1/whoami', { bearer })).body.code)
  }
  expect(new Set(codes)).toEqual(new Set(['keys_unavailable']))
  expect(server.shown).toHaveLength(1)
  expect((await daemon.get('/readyz')).body).toEqual({
    ready: true,
    reasons: ["an issuer's keys: cannot be read anew; what was read before is in force"],
  })
})

test('an answer that is too long is not read to its end', async () => {
  const issuer = createIssuer()
  const padding = ' '.repeat(4 * 1024 * 1024)
  const server = await startKeyServer((reply) => reply.end(issuer.jwks + padding))
  await expect(fetchFrom(server, 20_000)).rejects.toThrow('more than 1048576 bytes')
})

test('an issuer that hangs, before its answer or within it, is given up', async () => {
  const silent = await startKeyServer(() => undefined)
  await expect(fetchFrom(silent, 300)).rejects.toThrow()
  const halting = await startKeyServer((reply) => void reply.write('{"keys":'))
  await expect(fetchFrom(halting, 300)).rejects.toThrow()
})

test.each([
  ['another status', (reply: ServerResponse) => reply.writeHead(302, { location: '/' }).end()],
  ['no JSON', (reply: ServerResponse) => reply.end('<html>')],
  ['no keys', (reply: ServerResponse) => reply.end('{"keys": []}')],
])('an answer with %s gives no keys', async (_what, answer) => {
  await expect(fetchFrom(await startKeyServer(answer), 20_000)).rejects.toThrow()
})

test('a server of another authority is not believed', async () => {
  const issuer = createIssuer()
  const server = await startKeyServer((reply) => reply.end(issuer.jwks))
  const { caFile } = createAuthority(temporaryDirectory(), 'other')
  await expect(fetchFrom({ ...server, caFile }, 20_000)).rejects.toThrow(/certificate/)
})
