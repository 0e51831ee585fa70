import { copyFileSync, writeFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { expect, test } from 'vitest'
import type { Settings } from '../../src/config.ts'
import { createToken } from '../../src/identity/token-file.ts'
import { createAuthority } from './support/authority.ts'
import { startIdentityDaemon, temporaryDirectory } from './support/identity-daemon.ts'
import { until } from './support/until.ts'

const LOOPBACK = 'IP:127.0.0.1'
const ADMIN = { name: 'ops', role: 'admin', tenant: null, lifeMs: null, note: '' } as const

const IDENTITIES = `
certificates:
  - { common_name: ci-runner, role: tenant, tenant: ci }
  - { uri: 'spiffe://example/ns/a/sa/b', role: operator, name: driver }
  - { dns: watcher.example, role: viewer }
`

/** An authority, the service's certificate of it, and a directory with identities. */
function furnish(identities = IDENTITIES) {
  const directory = temporaryDirectory()
  const authority = createAuthority(directory, 'authority')
  const service = authority.issue('service', { names: LOOPBACK })
  const file = join(directory, 'identities.yaml')
  writeFileSync(file, identities)
  const flags: Settings = {
    'tls-cert': service.certificateFile,
    'tls-key': service.keyFile,
    'client-ca': authority.caFile,
    identities: file,
  }
  return { directory, authority, service, flags, file }
}

/** The common name of the certificate that a new connection is shown. */
function shownBy(url: string): Promise<string> {
  const { port } = new URL(url)
  return new Promise((resolve, reject) => {
    const socket = connect({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false })
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      resolve(String(socket.getPeerCertificate().subject.CN))
      socket.destroy()
    })
  })
}

test('a certificate is whom its common name or an alternative name stands for', async () => {
  const { directory, authority, flags } = furnish()
  const daemon = await startIdentityDaemon(flags, directory)
  const { ca } = authority
  const ask = async (name: string, wish = {}) => {
    const { cert, key } = authority.issue(name, wish)
    return (await daemon.get('/v1/whoami', { tls: { ca, cert, key } })).body
  }
  expect(await ask('ci-runner')).toEqual({
    ...{ name: 'ci-runner', role: 'tenant', tenant: 'ci', via: 'certificate' },
  })
  const names = 'DNS:other.example,URI:spiffe://example/ns/a/sa/b'
  expect(await ask('by-uri', { names })).toEqual({
    ...{ name: 'driver', role: 'operator', tenant: null, via: 'certificate' },
  })
  expect(await ask('by-dns', { names: 'DNS:watcher.example' })).toEqual({
    ...{ name: 'watcher.example', role: 'viewer', tenant: null, via: 'certificate' },
  })
  expect((await ask('nobody', { names: 'DNS:other.example' })).status).toBe(401)
  const two = { subject: '/CN=ci-runner/CN=somebody-else' }
  expect((await ask('two-names', two)).status).toBe(401)
  expect((await ask('in-the-unit', { subject: '/OU=ci-runner/CN=x' })).status).toBe(401)
})

test('the first credential decides: a wrong certificate is 401 beside a right token', async () => {
  const { directory, authority, flags } = furnish()
  const { text: bearer } = createToken(directory, ADMIN)
  const daemon = await startIdentityDaemon(flags, directory)
  const { ca } = authority
  const stranger = createAuthority(directory, 'stranger').issue('ci-runner')
  const unknown = authority.issue('nobody')
  const known = authority.issue('ci-runner')
  const withKey = ({ cert, key }: typeof known) => ({ ca, cert, key })
  expect(await daemon.who({ tls: withKey(stranger), bearer })).toEqual([401, undefined])
  expect(await daemon.who({ tls: withKey(unknown), bearer })).toEqual([401, undefined])
  expect(await daemon.who({ tls: withKey(known), bearer })).toEqual([200, 'ci-runner'])
  expect(await daemon.who({ tls: { ca }, bearer })).toEqual([200, 'ops'])
  expect(await daemon.who({ tls: { ca } })).toEqual([401, undefined])
  expect((await daemon.get('/livez', { tls: { ca } })).status).toBe(200)
})

test('a certificate made for servers is no credential of a client', async () => {
  const { directory, authority, flags } = furnish()
  const daemon = await startIdentityDaemon(flags, directory)
  const { cert, key } = authority.issue('ci-runner', {
    names: 'DNS:x\nextendedKeyUsage=serverAuth',
  })
  const { ca } = authority
  expect(await daemon.who({ tls: { ca, cert, key } })).toEqual([401, undefined])
})

test('changed identities count at once for connections that are open', async () => {
  const { directory, authority, flags, file } = furnish()
  const daemon = await startIdentityDaemon(flags, directory)
  const { cert, key } = authority.issue('ci-runner')
  const tls = { ca: authority.ca, cert, key }
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ...tls })
  expect(await daemon.who({ agent })).toEqual([200, 'ci-runner'])
  writeFileSync(file, 'certificates: [{ common_name: ci-runner, role: viewer, name: renamed }]')
  await until(async () => (await daemon.who({ agent }))[1] === 'renamed')
  writeFileSync(file, 'certificates: [{ common_name: ci-runner, role: wrong }]')
  await until(async () => (await daemon.get('/readyz', { agent })).body.reasons.length > 0)
  expect(await daemon.who({ agent })).toEqual([200, 'renamed'])
  writeFileSync(file, 'certificates: []')
  await until(async () => (await daemon.who({ agent }))[0] === 401)
  agent.destroy()
})

test('a new certificate is shown without a restart, and old connections go on', async () => {
  const { directory, authority, service, flags } = furnish()
  const { text: bearer } = createToken(directory, ADMIN)
  const daemon = await startIdentityDaemon(flags, directory)
  const agent = new Agent({ keepAlive: true, maxSockets: 1, ca: authority.ca })
  expect(await daemon.who({ agent, bearer })).toEqual([200, 'ops'])
  const next = authority.issue('renewed', { names: LOOPBACK })
  copyFileSync(next.certificateFile, service.certificateFile)
  copyFileSync(next.keyFile, service.keyFile)
  await until(async () => (await shownBy(daemon.url)) === 'renewed')
  const [socket] = Object.values(agent.freeSockets).flat()
  expect(await daemon.who({ agent, bearer })).toEqual([200, 'ops'])
  expect(Object.values(agent.freeSockets).flat()[0]).toBe(socket)
  agent.destroy()
})

test('a new pair that does not fit leaves the old one in force, and is told', async () => {
  const { directory, authority, service, flags } = furnish()
  const daemon = await startIdentityDaemon(flags, directory)
  const tls = { ca: authority.ca }
  const next = authority.issue('renewed', { names: LOOPBACK })
  copyFileSync(next.certificateFile, service.certificateFile)
  const reasons = async () => (await daemon.get('/readyz', { tls })).body.reasons
  await until(async () => (await reasons()).length > 0)
  expect(await reasons()).toEqual([
    'certificate: cannot be read anew; what was read before is in force',
  ])
  expect(await shownBy(daemon.url)).toBe('service')
  copyFileSync(next.keyFile, service.keyFile)
  await until(async () => (await shownBy(daemon.url)) === 'renewed')
  expect(await reasons()).toEqual([])
})

test('another authority of clients ends the trust in the former, resumed sessions too', async () => {
  const { directory, authority, flags } = furnish()
  const daemon = await startIdentityDaemon(flags, directory)
  const other = createAuthority(directory, 'other')
  const ca = authority.ca
  const former = authority.issue('ci-runner')
  const latter = other.issue('ci-runner')
  const agent = new Agent({ ca, cert: former.cert, key: former.key, maxCachedSessions: 10 })
  expect(await daemon.who({ agent })).toEqual([200, 'ci-runner'])
  copyFileSync(other.caFile, String(flags['client-ca']))
  await until(async () => (await daemon.who({ agent }))[0] === 401)
  const tls = { ca, cert: latter.cert, key: latter.key }
  expect(await daemon.who({ tls })).toEqual([200, 'ci-runner'])
})

test('TLS before 1.2 is refused, and who speaks none at all is cut off', async () => {
  const { directory, flags } = furnish()
  const daemon = await startIdentityDaemon(flags, directory)
  const port = Number(new URL(daemon.url).port)
  const old = new Promise((_resolve, reject) => {
    connect({ port, host: '127.0.0.1', maxVersion: 'TLSv1.1', minVersion: 'TLSv1' }).once(
      'error',
      reject,
    )
  })
  await expect(old).rejects.toMatchObject({ code: expect.stringContaining('ERR_SSL') })
  await expect(fetch(`http://127.0.0.1:${port}/livez`)).rejects.toThrow()
})
