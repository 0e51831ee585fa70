/** What only Node can do: unix sockets, certificates, a token from a file. */
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createClient, type NodeClientOptions, type NodeDaxd } from '../../client/src/node.ts'
import { createToken } from '../../src/identity/token-file.ts'
import { createAuthority } from '../identity/support/authority.ts'
import { startIdentityDaemon, temporaryDirectory } from '../identity/support/identity-daemon.ts'
import { startTestDaemon } from '../support/start-test-daemon.ts'
import { json, startScriptedServer } from './support/scripted-server.ts'

function client(options: NodeClientOptions): NodeDaxd {
  const daxd = createClient(options)
  onTestFinished(() => daxd.close())
  return daxd
}

test.each(['socketPath', 'url'] as const)('a unix socket is named by %s', async (by) => {
  const directory = temporaryDirectory()
  const socketPath = join(directory, 'daxd.sock')
  await startIdentityDaemon({ listen: `unix:${socketPath}` }, directory)
  const daxd = client(by === 'url' ? { url: `unix:${socketPath}` } : { socketPath })
  expect(await daxd.whoami()).toMatchObject({ name: 'socket', via: 'socket' })
  expect(await daxd.namespaces.create({ size: '2MiB', region: 0 })).toMatchObject({ region: 0 })
  const missing = client({ socketPath: join(directory, 'nobody.sock'), attemptsMax: 1 })
  await expect(missing.whoami()).rejects.toMatchObject({
    reason: 'unreachable',
    message: expect.stringContaining(join(directory, 'nobody.sock')),
  })
})

test('a token file is asked for its newest word before every call', async () => {
  const directory = temporaryDirectory()
  const [first = '', second = ''] = ['first', 'second'].map(
    (name) =>
      createToken(directory, { name, role: 'viewer', tenant: null, lifeMs: null, note: '' }).text,
  )
  const tokenFile = join(directory, 'mine')
  writeFileSync(tokenFile, `${first}\n`)
  const daemon = await startIdentityDaemon({}, directory)
  const daxd = client({ url: daemon.url, tokenFile })
  expect(await daxd.whoami()).toMatchObject({ name: 'first', via: 'token' })
  writeFileSync(`${tokenFile}.new`, second)
  renameSync(`${tokenFile}.new`, tokenFile)
  expect(await daxd.whoami()).toMatchObject({ name: 'second' })
  // As it is for a moment while somebody writes it in place.
  writeFileSync(tokenFile, '')
  expect(await daxd.whoami()).toMatchObject({ name: 'second' })
})

test('a token file that is missing or empty is named in the error', async () => {
  const tokenFile = join(temporaryDirectory(), 'none')
  const { url } = await startScriptedServer((response) => json(response, 200, {}))
  const daxd = client({ url, tokenFile })
  await expect(daxd.whoami()).rejects.toThrow(tokenFile)
  writeFileSync(tokenFile, ' \n')
  await expect(daxd.whoami()).rejects.toThrow(`The token file ${tokenFile} is empty.`)
})

test('a private authority signs both sides, and a new certificate is used at once', async () => {
  const directory = temporaryDirectory()
  const authority = createAuthority(directory, 'authority')
  const service = authority.issue('service', { names: 'IP:127.0.0.1' })
  const identities = join(directory, 'identities.yaml')
  writeFileSync(
    identities,
    'certificates:\n' +
      '  - { common_name: first, role: viewer }\n' +
      '  - { common_name: second, role: operator }\n',
  )
  const { url } = await startIdentityDaemon(
    {
      'tls-cert': service.certificateFile,
      'tls-key': service.keyFile,
      'client-ca': authority.caFile,
      identities,
    },
    directory,
  )
  const first = authority.issue('first')
  const second = authority.issue('second')
  const certFile = join(directory, 'mine.pem')
  const keyFile = join(directory, 'mine.key')
  const put = ({ cert, key }: typeof first): void => {
    writeFileSync(keyFile, key)
    writeFileSync(certFile, cert)
  }
  put(first)
  const tls = { caFile: authority.caFile, certFile, keyFile }
  const daxd = client({ url, tls })
  expect(await daxd.whoami()).toMatchObject({ name: 'first', role: 'viewer' })
  put(second)
  expect(await daxd.whoami()).toMatchObject({ name: 'second', role: 'operator' })
  const inline = { ca: String(authority.ca), cert: String(first.cert), key: String(first.key) }
  expect(await client({ url, tls: inline }).whoami()).toMatchObject({ name: 'first' })
  const trusting = client({ url, tls: {}, attemptsMax: 1 })
  await expect(trusting.whoami()).rejects.toMatchObject({
    reason: 'unreachable',
    message: expect.stringMatching(/certificate/),
  })
})

test('connections are used again, and answers without a body are answers', async () => {
  const daemon = await startTestDaemon()
  const daxd = client({ url: daemon.url })
  const { chardev } = await daxd.namespaces.create({ name: 'n', size: '2m', region: 0 })
  const { id } = await daxd.handles.create(chardev ?? '', { holder: 'me' })
  expect(await daxd.handles.delete(id)).toBeUndefined()
  expect(await daxd.metrics()).toContain('daxd_region_available_bytes')
  await Promise.all(Array.from({ length: 200 }, () => daxd.whoami()))
})

test('a redirection is not followed with credentials, and not taken for an answer', async () => {
  const { url, received } = await startScriptedServer((response) => {
    response.writeHead(301, { location: '/elsewhere' })
    response.end()
  })
  const daxd = client({ url, token: 'secret' })
  await expect(daxd.handles.delete('h')).rejects.toMatchObject({ reason: 'not_daxd', status: 301 })
  expect(received.map(({ call }) => call)).toEqual(['DELETE /v1/handles/h'])
})

test('options that contradict each other are refused before anything is sent', () => {
  for (const options of [
    { url: 'http://a:1', socketPath: '/run/daxd.sock' },
    { token: 'a', tokenFile: '/etc/token' },
    { url: 'unix:relative.sock' },
    { url: 'ftp://a:1' },
  ]) {
    expect(() => createClient(options)).toThrow(TypeError)
  }
})
