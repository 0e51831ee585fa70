/**
 * A scripted kubelet. It is OURS, not Kubernetes': it finds plugins by their sockets, registers
 * them and calls them over real gRPC as containers.md 1.3 saw the real one (1.36.2) do, and holds
 * them to what that one checks. The suite against a real cluster (cluster.test.ts) is the judge.
 */
import { mkdirSync, readdirSync, statSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { onTestFinished } from 'vitest'
import {
  type ClaimTriple,
  type DeviceHealth,
  draServices,
  healthServices,
  type PrepareAnswer,
  registrationService,
  type UnprepareAnswer,
} from '../../src/kubernetes/dra-services.ts'
import { createGrpcClient } from '../../src/kubernetes/grpc-client.ts'

/** What a real kubelet waits for a plugin. */
const CALL_TIMEOUT_MS = 45_000
const LOOK_INTERVAL_MS = 20

export interface KubeletOptions {
  /** Newest first; kubelets before 1.34 know v1beta1 only. */
  readonly draVersions?: readonly (keyof typeof draServices)[]
}

/** A plugin as its GetInfo told. */
export interface Plugin {
  readonly type: string
  readonly name: string
  readonly endpoint: string
  readonly supported_versions: readonly string[]
}

export interface ScriptedKubelet {
  readonly directory: string
  /** What it registered, in order; a plugin that came anew is there again. */
  readonly registered: readonly Plugin[]
  /** Why it refused plugins. */
  readonly refused: readonly string[]
  prepare(...claims: ClaimTriple[]): Promise<Readonly<Record<string, PrepareAnswer>>>
  unprepare(...claims: ClaimTriple[]): Promise<Readonly<Record<string, UnprepareAnswer>>>
  /** The lists of the health stream as they come. */
  health(
    version: keyof typeof healthServices,
    signal: AbortSignal,
  ): AsyncGenerator<{ readonly devices: readonly DeviceHealth[] }>
  /** Forgets its plugins and finds them again, as after a restart. */
  restart(): void
}

/** Starts one on a directory that is there; it ends with the test. */
export function startScriptedKubelet(
  directory: string,
  { draVersions = ['v1', 'v1beta1'] }: KubeletOptions = {},
): ScriptedKubelet {
  const registry = join(directory, 'plugins_registry')
  mkdirSync(registry, { recursive: true })
  /** Sockets by path, and which file that was: one made anew at the same path is another. */
  const known = new Map<string, string>()
  const registered: Plugin[] = []
  const refused: string[] = []
  const clients = new Set<{ close(): void }>()
  let looking: Promise<void> = Promise.resolve()

  async function register(socket: string): Promise<void> {
    const client = createGrpcClient(socket, registrationService)
    try {
      const info = await client.call('GetInfo', {}, CALL_TIMEOUT_MS)
      const error = refusalOf(info, draVersions)
      const status = { plugin_registered: error === '', error }
      await client.call('NotifyRegistrationStatus', status, CALL_TIMEOUT_MS)
      if (error === '') registered.push(info)
      else refused.push(error)
    } catch {
      // A dead socket, or one that is just going: looked at again.
      known.delete(socket)
    } finally {
      client.close()
    }
  }

  async function look(): Promise<void> {
    const names = readdirSync(registry).filter((name) => name.endsWith('.sock'))
    const there = new Map(names.map((name) => fileAt(join(registry, name))))
    for (const socket of known.keys()) if (!there.has(socket)) known.delete(socket)
    for (const [socket, file] of there) {
      if (known.get(socket) === file) continue
      known.set(socket, file)
      await register(socket)
    }
  }

  const timer = setInterval(() => {
    looking = looking.then(look)
  }, LOOK_INTERVAL_MS)
  onTestFinished(async () => {
    clearInterval(timer)
    await looking
    for (const client of clients) client.close()
  })

  function plugin(): Plugin {
    const last = registered.at(-1)
    if (last === undefined) throw new Error('no plugin is registered')
    return last
  }

  /** The newest version that both know. */
  function dra() {
    const { endpoint, supported_versions: theirs } = plugin()
    const version = draVersions.find((one) => theirs.includes(`${one}.DRAPlugin`)) ?? 'v1'
    const client = createGrpcClient(endpoint, draServices[version])
    clients.add(client)
    return client
  }

  return {
    directory,
    registered,
    refused,
    async prepare(...claims) {
      const answer = await dra().call('NodePrepareResources', { claims }, CALL_TIMEOUT_MS)
      return wholeAnswer(claims, answer.claims)
    },
    async unprepare(...claims) {
      const answer = await dra().call('NodeUnprepareResources', { claims }, CALL_TIMEOUT_MS)
      return wholeAnswer(claims, answer.claims)
    },
    health(version, signal) {
      const client = createGrpcClient(plugin().endpoint, healthServices[version])
      clients.add(client)
      return client.stream('NodeWatchResources', {}, signal)
    },
    restart() {
      registered.length = 0
      known.clear()
    },
  }
}

function fileAt(path: string): [path: string, file: string] {
  const file = statSync(path, { throwIfNoEntry: false })
  return [path, `${file?.ino} ${file?.birthtimeMs}`]
}

/** Why a kubelet would not have the plugin, empty when it would. */
function refusalOf(info: Plugin, draVersions: readonly string[]): string {
  if (info.type !== 'DRAPlugin') return `unknown plugin type ${info.type}`
  if (info.name === '') return 'a plugin needs a name'
  if (!isAbsolute(info.endpoint)) return `endpoint ${info.endpoint} is not absolute`
  const common = draVersions.some((one) => info.supported_versions.includes(`${one}.DRAPlugin`))
  return common ? '' : `no common version among ${info.supported_versions.join(', ')}`
}

/** A kubelet takes a claim without an answer for an error. */
function wholeAnswer<T>(
  claims: readonly ClaimTriple[],
  answer: Readonly<Record<string, T>>,
): Readonly<Record<string, T>> {
  for (const { uid } of claims) {
    if (answer[uid] === undefined) throw new Error(`no answer for claim ${uid}`)
  }
  return answer
}
