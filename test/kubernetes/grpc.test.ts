import { existsSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createGrpcClient } from '../../src/kubernetes/grpc-client.ts'
import { bindService, type ResponseStream, serveGrpc } from '../../src/kubernetes/grpc-server.ts'
import { loadService } from '../../src/kubernetes/grpc-service.ts'

interface Watched {
  readonly devices: readonly object[]
}

interface HealthMethods {
  readonly NodeWatchResources: {
    readonly request: object
    readonly response: Watched
    readonly stream: true
  }
}

interface RegistrationMethods {
  readonly GetInfo: { readonly request: object; readonly response: { readonly name: string } }
  readonly NotifyRegistrationStatus: {
    readonly request: { readonly plugin_registered: boolean; readonly error: string }
    readonly response: object
  }
}

const registration = loadService<RegistrationMethods>(
  'pluginregistration-v1',
  'pluginregistration.Registration',
)
const health = loadService<HealthMethods>('dra-health-v1alpha1', 'v1alpha1.DRAResourceHealth')

const TIMEOUT_MS = 30_000

let directory = ''
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'daxd-grpc-'))
})
afterEach(() => rm(directory, { recursive: true, force: true }))

async function serveRegistration(path: string, seen: unknown[], errors: unknown[] = []) {
  return serveGrpc(path, [
    bindService(
      registration,
      {
        GetInfo: async () => ({ name: 'dax' }),
        NotifyRegistrationStatus: async (status) => {
          seen.push(status)
          if (!status.plugin_registered) throw new Error('what a pity')
          return {}
        },
      },
      (_error, method) => errors.push(method),
    ),
  ])
}

test('a call reaches its handler with whole messages and its answer comes back', async () => {
  const seen: unknown[] = []
  const server = await serveRegistration(join(directory, 'a.sock'), seen)
  const client = createGrpcClient(server.path, registration)
  try {
    expect(await client.call('GetInfo', {}, TIMEOUT_MS)).toEqual({
      type: '',
      name: 'dax',
      endpoint: '',
      supported_versions: [],
    })
    await client.call(
      'NotifyRegistrationStatus',
      { plugin_registered: true, error: '' },
      TIMEOUT_MS,
    )
    expect(seen).toEqual([{ plugin_registered: true, error: '' }])
  } finally {
    client.close()
    await server.stop()
  }
})

test("what a handler throws is the call's status, and is told to whoever serves", async () => {
  const errors: unknown[] = []
  const server = await serveRegistration(join(directory, 'a.sock'), [], errors)
  const client = createGrpcClient(server.path, registration)
  try {
    const refused = client.call(
      'NotifyRegistrationStatus',
      { plugin_registered: false, error: 'no' },
      TIMEOUT_MS,
    )
    await expect(refused).rejects.toMatchObject({ code: 13, details: 'what a pity' })
    expect(errors).toEqual(['pluginregistration.Registration/NotifyRegistrationStatus'])
  } finally {
    client.close()
    await server.stop()
  }
})

test('a stream carries full lists and tells the server when the caller is gone', async () => {
  const streams: ResponseStream<Watched>[] = []
  const server = await serveGrpc(join(directory, 'h.sock'), [
    bindService(
      health,
      {
        NodeWatchResources: (_request, stream) => {
          streams.push(stream)
          stream.send({ devices: [{ health: 'HEALTHY', last_updated_time: 1_800_000_000 }] })
        },
      },
      () => undefined,
    ),
  ])
  const client = createGrpcClient(server.path, health)
  const abort = new AbortController()
  try {
    for await (const list of client.stream('NodeWatchResources', {}, abort.signal)) {
      expect(list).toEqual({
        devices: [
          {
            device: null,
            health: 'HEALTHY',
            last_updated_time: 1_800_000_000,
            health_check_timeout_seconds: 0,
            message: '',
          },
        ],
      })
      abort.abort()
    }
    await expect.poll(() => streams[0]?.ended.aborted, { timeout: TIMEOUT_MS }).toBe(true)
  } finally {
    client.close()
    await server.stop()
  }
})

test('a stale socket is replaced, the new one is its owner’s alone, and none is left', async () => {
  const path = join(directory, 'deep', 'a.sock')
  const first = await serveRegistration(path, [])
  const second = await serveRegistration(path, [])
  const client = createGrpcClient(path, registration)
  try {
    expect((await client.call('GetInfo', {}, TIMEOUT_MS)).name).toBe('dax')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  } finally {
    client.close()
    await second.stop()
    await first.stop()
  }
  expect(existsSync(path)).toBe(false)
})

test('a path that Linux would cut, and a file that is no socket, are refused', async () => {
  const long = join(directory, 'x'.repeat(100))
  await expect(serveGrpc(long, [])).rejects.toThrow("a socket's path has at most 107")
  expect(() => createGrpcClient(long, registration)).toThrow("a socket's path has at most 107")
  const file = join(directory, 'file')
  writeFileSync(file, 'mine')
  await expect(serveGrpc(file, [])).rejects.toThrow('it is not a socket')
})
