import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { createApiClient } from '../../src/kubernetes/api-client.ts'
import { createDaxdClient, type DaxdClient } from '../../src/kubernetes/daxd-client.ts'
import { type DraDriver, startDraDriver } from '../../src/kubernetes/dra-driver.ts'
import type { ClaimTriple } from '../../src/kubernetes/dra-services.ts'
import { startDaemon } from '../../src/serve.ts'
import { type ScriptedApiserver, startScriptedApiserver } from './scripted-apiserver.ts'
import {
  type KubeletOptions,
  type ScriptedKubelet,
  startScriptedKubelet,
} from './scripted-kubelet.ts'

export const DRIVER = 'daxd.io'
export const NODE = 'node-a'
export const MIB = 1024 ** 2
/** What Kubernetes may take of region 0. */
export const SHARE_SIZE = 256 * MIB

const LOG_LEVEL = process.env['DAXD_TEST_LOG'] ?? 'silent'
const SOON_MS = 30_000
/** As the real one has it: daxd may take that long on a busy machine. */
const DAXD_TIMEOUT_MS = 18_000

export interface DriverOptions {
  readonly instance?: string
  /** The bearer token of the driver; without one it is whoever the socket is, an admin. */
  readonly tokenFile?: string
  readonly orphanGraceMs?: number
  readonly sweepIntervalMs?: number
  readonly healthIntervalMs?: number
  /** How long it tries to reach a daxd that is not there. */
  readonly daxdTimeoutMs?: number
}

/** One device of an allocation; what is left out is the usual. */
export interface ResultInput {
  readonly request?: string
  readonly driver?: string
  readonly pool?: string
  readonly device?: string
  readonly shareID?: string
  readonly adminAccess?: boolean
  /** A quantity; null leaves the consumed capacity out. */
  readonly size?: string | null
}

export interface ClaimInput {
  readonly uid?: string
  /** Null for a claim that is not allocated. */
  readonly results?: readonly ResultInput[] | null
  readonly config?: readonly object[]
}

/** A daxd, a driver, and the two parties of Kubernetes' that it works between. */
export interface DraStage {
  readonly directory: string
  readonly apiserver: ScriptedApiserver
  readonly kubelet: ScriptedKubelet
  readonly daxd: DaxdClient
  readonly daxdAddress: string
  /** How often a kubelet came to the driver. */
  kubeletCalls(): number
  stopDaxd(): Promise<void>
  startDaxd(): Promise<void>
  /** Starts another driver; waits until the kubelet has it. */
  startDriver(options?: DriverOptions): Promise<DraDriver>
  /** Puts a ResourceClaim at the API server as the scheduler leaves it. */
  claim(name: string, input?: ClaimInput): ClaimTriple
  /** Names and states of daxd's claims. */
  records(): Promise<readonly { readonly name: string; readonly state: string }[]>
}

export const CLAIMS = '/apis/resource.k8s.io/v1/namespaces/team/resourceclaims'

/** Starts all of it, without a driver yet; all ends with the test. */
export async function startDraStage(
  options: KubeletOptions & { readonly cdi?: boolean; readonly faults?: string } = {},
): Promise<DraStage> {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-dra-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const socket = join(directory, 'daxd.sock')
  const daxdAddress = `unix:${socket}`
  const daxd = createDaxdClient({ address: daxdAddress, timeoutMs: DAXD_TIMEOUT_MS })
  let close: (() => Promise<void>) | null = null
  async function startDaxd(): Promise<void> {
    const config = readConfig(
      {
        'state-dir': join(directory, 'state'),
        listen: daxdAddress,
        'cdi-dir': options.cdi === false ? 'none' : join(directory, 'cdi'),
        ...(options.faults === undefined ? {} : { faults: options.faults }),
      },
      {},
    )
    const daemon = await startDaemon(config, pino({ level: LOG_LEVEL }), '0.0.0-test')
    await daemon.app.listen({ path: socket })
    close = daemon.close
  }
  async function stopDaxd(): Promise<void> {
    await close?.()
    close = null
    rmSync(socket, { force: true })
  }
  await startDaxd()
  onTestFinished(async () => {
    daxd.close()
    await stopDaxd()
  })
  const body = { shares: { kubernetes: SHARE_SIZE } }
  await daxd.call({ method: 'PATCH', path: '/v1/regions/0', body })

  const apiserver = await startScriptedApiserver()
  const kube = createApiClient({ server: new URL(apiserver.url) })
  onTestFinished(() => kube.close())
  const kubelet = startScriptedKubelet(join(directory, 'kubelet'), options)
  let kubeletCalls = 0

  return {
    directory,
    apiserver,
    kubelet,
    daxd,
    daxdAddress,
    kubeletCalls: () => kubeletCalls,
    stopDaxd,
    startDaxd,
    async startDriver({ instance = null, daxdTimeoutMs = DAXD_TIMEOUT_MS, ...rest } = {}) {
      const { tokenFile, ...times } = rest
      const token = tokenFile === undefined ? {} : { tokenFile }
      const before = kubelet.registered.length
      const driver = await startDraDriver({
        daxd: createDaxdClient({ address: daxdAddress, timeoutMs: daxdTimeoutMs, ...token }),
        kube,
        owner: { driverName: DRIVER, nodeName: NODE },
        share: 'kubernetes',
        log: pino({ level: LOG_LEVEL }),
        kubeletDirectory: kubelet.directory,
        instance,
        onKubelet: () => {
          kubeletCalls += 1
        },
        ...times,
      })
      onTestFinished(() => driver.stop())
      await expect.poll(() => kubelet.registered.length, { timeout: SOON_MS }).toBe(before + 1)
      return driver
    },
    claim(name, input = {}) {
      const uid =
        input.uid ??
        `00000000-0000-4000-8000-${Buffer.from(name).toString('hex').padStart(12, '0').slice(-12)}`
      apiserver.put(CLAIMS, resourceClaim(name, uid, input))
      return { namespace: 'team', name, uid }
    },
    async records() {
      const claims = await daxd.list<{ name: string; state: string }>('/v1/claims')
      return claims.map(({ name, state }) => ({ name, state }))
    },
  }
}

function resourceClaim(name: string, uid: string, input: ClaimInput) {
  const { results = [{}], config = [] } = input
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: { name, namespace: 'team', uid },
    spec: { devices: { requests: [] } },
    status:
      results === null
        ? {}
        : { allocation: { devices: { results: results.map(resultOf), config } } },
  }
}

function resultOf(input: ResultInput) {
  const { size = '16Mi', ...rest } = input
  return {
    request: 'memory',
    driver: DRIVER,
    pool: NODE,
    device: 'region0',
    ...rest,
    ...(size === null ? {} : { consumedCapacity: { size } }),
  }
}

/** Polls until `read` gives `wanted`. */
export async function soon<T>(read: () => Promise<T> | T, wanted: T): Promise<void> {
  await expect.poll(read, { timeout: SOON_MS }).toEqual(wanted)
}
