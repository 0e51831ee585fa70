import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { createApiClient } from '../../src/kubernetes/api-client.ts'
import type { KubeWatchEvent } from '../../src/kubernetes/kube-api.ts'
import {
  inClusterConfig,
  type KubeConfig,
  readKubeConfig,
} from '../../src/kubernetes/kube-config.ts'
import { eventually } from '../contract/stage.ts'
import { startScriptedApiserver } from './scripted-apiserver.ts'

const NODES = '/api/v1/nodes'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'daxd-kube-'))
})
afterAll(() => rmSync(directory, { recursive: true, force: true }))

function clientOf(config: KubeConfig) {
  const client = createApiClient(config)
  onTestFinished(() => client.close())
  return client
}

function node(name: string) {
  return { metadata: { name } }
}

/** Watches in the background and keeps what comes. */
function watching(client: ReturnType<typeof clientOf>, resourceVersion: string) {
  const ended = new AbortController()
  onTestFinished(() => ended.abort())
  const seen: string[] = []
  const done = (async () => {
    const events = client.watch(NODES, { resourceVersion, signal: ended.signal })
    for await (const { type, object } of events as AsyncIterable<KubeWatchEvent>) {
      seen.push(`${type} ${object.metadata.name}`)
    }
  })()
  done.catch(() => {})
  return { seen, done, ended }
}

/** A certificate of its own authority, good for 127.0.0.1 and as a client's. */
function certificate(name: string): { key: string; cert: string } {
  const [key, cert] = [join(directory, `${name}.key`), join(directory, `${name}.crt`)]
  const subject = ['-subj', `/CN=${name}`, '-addext', 'subjectAltName=IP:127.0.0.1']
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const out = ['-keyout', key, '-out', cert, '-days', '2']
  execFileSync('openssl', ['req', '-x509', ...curve, ...out, ...subject], { stdio: 'pipe' })
  return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') }
}

describe('objects', () => {
  it('are created, read, updated by version and deleted', async () => {
    const { url } = await startScriptedApiserver()
    const client = clientOf({ server: new URL(url) })
    const made = await client.create(NODES, node('a'))
    expect(made.metadata).toMatchObject({ name: 'a', resourceVersion: '101' })
    expect(await client.get(`${NODES}/a`)).toEqual(made)
    const next = await client.update(`${NODES}/a`, { ...made, spec: { x: 1 } })
    expect(next['spec']).toEqual({ x: 1 })
    const stale = client.update(`${NODES}/a`, { ...made, spec: { x: 2 } })
    await expect(stale).rejects.toMatchObject({ status: 409, reason: 'Conflict' })
    await client.delete(`${NODES}/a`)
    const gone = client.get(`${NODES}/a`)
    await expect(gone).rejects.toMatchObject({ status: 404, reason: 'NotFound' })
  })

  it('are listed page by page, all of them, with the version to watch from', async () => {
    const server = await startScriptedApiserver()
    const client = clientOf({ server: new URL(server.url) })
    for (let at = 0; at < 1201; at += 1) server.put(NODES, node(`n${at}`))
    const { items, resourceVersion } = await client.list(`${NODES}?fieldSelector=`)
    expect([items.length, new Set(items.map(({ metadata }) => metadata.name)).size]).toEqual([
      1201, 1201,
    ])
    expect(resourceVersion).toBe('1301')
    expect(server.requests.length).toBe(3)
  })

  it('are read again after a passing failure, and changed only once', async () => {
    const server = await startScriptedApiserver()
    const client = clientOf({ server: new URL(server.url) })
    server.put(NODES, node('a'))
    server.failNext(503, 429)
    expect((await client.get(`${NODES}/a`)).metadata.name).toBe('a')
    expect(server.requests.length).toBe(3)
    server.failNext(503)
    await expect(client.create(NODES, node('b'))).rejects.toMatchObject({ status: 503 })
    expect(server.requests.filter((one) => one.startsWith('POST')).length).toBe(1)
  })

  it('are refused with status 0 when nobody listens', async () => {
    const client = clientOf({ server: new URL('http://127.0.0.1:1') })
    await expect(client.create(NODES, node('a'))).rejects.toMatchObject({ status: 0 })
  })
})

describe('a watch', () => {
  it('tells each change once, over connections that break off', async () => {
    const server = await startScriptedApiserver()
    const client = clientOf({ server: new URL(server.url) })
    server.put(NODES, node('before'))
    const { resourceVersion } = await client.list(NODES)
    const { seen, done, ended } = watching(client, resourceVersion)
    server.put(NODES, node('a'))
    await eventually(
      async () => seen.length,
      (length) => length === 1,
    )
    server.breakWatches()
    server.put(NODES, node('a'))
    server.remove(NODES, 'a')
    await eventually(
      async () => seen.length,
      (length) => length === 3,
    )
    expect(seen).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a'])
    ended.abort()
    await expect(done).resolves.toBeUndefined()
  })

  it('goes on after a bookmark where the versions before it are forgotten', async () => {
    const server = await startScriptedApiserver()
    const client = clientOf({ server: new URL(server.url) })
    const { seen } = watching(client, '100')
    await eventually(
      async () => server.watches(),
      (watches) => watches === 1,
    )
    server.compact()
    server.bookmark()
    server.put(NODES, node('a'))
    await eventually(
      async () => seen.length,
      (length) => length === 1,
    )
    server.breakWatches()
    server.put(NODES, node('b'))
    await eventually(
      async () => seen.length,
      (length) => length === 2,
    )
    expect(seen).toEqual(['ADDED a', 'ADDED b'])
  })

  it('ends with 410 when its version is forgotten, so that the caller lists again', async () => {
    const server = await startScriptedApiserver()
    const client = clientOf({ server: new URL(server.url) })
    server.compact()
    const { done } = watching(client, '100')
    await expect(done).rejects.toMatchObject({ status: 410 })
  })
})

describe('who we are', () => {
  it('is told by a token file, read anew when the server refuses the old one', async () => {
    const tokens = new Set(['first'])
    const server = await startScriptedApiserver({ tokens })
    const tokenFile = join(directory, 'token')
    writeFileSync(tokenFile, 'first\n')
    const client = clientOf({ server: new URL(server.url), tokenFile })
    await client.create(NODES, node('a'))
    tokens.clear()
    tokens.add('second')
    writeFileSync(tokenFile, 'second\n')
    await client.create(NODES, node('b'))
    expect(server.objects(NODES).map(({ metadata }) => metadata.name)).toEqual(['a', 'b'])
    tokens.clear()
    await expect(client.create(NODES, node('c'))).rejects.toMatchObject({ status: 401 })
  })

  it('is told by a certificate out of a kubeconfig, and the server must show ours', async () => {
    const server = certificate('server')
    const client = certificate('client')
    const { url } = await startScriptedApiserver({ tls: { ...server, clientCa: client.cert } })
    const base64 = (text: string): string => Buffer.from(text).toString('base64')
    const path = join(directory, 'kubeconfig')
    const contents = {
      'current-context': 'here',
      contexts: [{ name: 'here', context: { cluster: 'c', user: 'u' } }],
      clusters: [{ name: 'c', cluster: { server: url, 'certificate-authority': 'server.crt' } }],
      users: [
        {
          name: 'u',
          user: {
            'client-certificate-data': base64(client.cert),
            'client-key-data': base64(client.key),
          },
        },
      ],
    }
    writeFileSync(path, stringify(contents))
    const made = await clientOf(readKubeConfig(path)).create(NODES, node('a'))
    expect(made.metadata.name).toBe('a')
    const { ca: _ca, ...untrusting } = readKubeConfig(path)
    await expect(clientOf(untrusting).create(NODES, node('b'))).rejects.toMatchObject({ status: 0 })
    const { cert: _cert, key: _key, ...nobody } = readKubeConfig(path)
    await expect(clientOf(nobody).create(NODES, node('b'))).rejects.toMatchObject({ status: 0 })
  })

  it('is refused at the start for a kubeconfig that runs a program, or lacks its context', () => {
    const path = join(directory, 'bad')
    const cluster = { name: 'c', cluster: { server: 'https://x' } }
    const context = { name: 'a', context: { cluster: 'c', user: 'u' } }
    const write = (user: object, current: string): void =>
      writeFileSync(
        path,
        stringify({
          'current-context': current,
          contexts: [context],
          clusters: [cluster],
          users: [{ name: 'u', user }],
        }),
      )
    write({ exec: { command: 'x' } }, 'a')
    expect(() => readKubeConfig(path)).toThrow(/runs a program/)
    write({}, 'b')
    expect(() => readKubeConfig(path)).toThrow(/context "b" is not there/)
  })

  it('is what the pod finds in itself', () => {
    writeFileSync(join(directory, 'ca.crt'), 'PEM')
    const environment = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' }
    expect(inClusterConfig(environment, directory)).toEqual({
      server: new URL('https://[fd00::1]:443'),
      ca: 'PEM',
      tokenFile: join(directory, 'token'),
    })
    expect(() => inClusterConfig({}, directory)).toThrow(/no pod/)
  })
})
