/**
 * The driver in a real cluster: runs when KUBECONFIG and KUBELET_DIR are given, on the node itself
 * and as root, with an emulated host whose memory is files. Beside them:
 * - NODE_NAME: this node (default: the cluster's first);
 * - CDI_DIR: where its container runtime looks (default: /var/run/cdi);
 * - CLUSTER_TEST_IMAGE: an image with sh and dd that the node has or can pull.
 */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ClaimView } from '../../schemas/claim.ts'
import { readConfig } from '../../src/config.ts'
import { createApiClient } from '../../src/kubernetes/api-client.ts'
import { createDaxdClient, type DaxdClient } from '../../src/kubernetes/daxd-client.ts'
import { KubeApiError, type KubeObject } from '../../src/kubernetes/kube-api.ts'
import { readKubeConfig } from '../../src/kubernetes/kube-config.ts'
import { startDaemon } from '../../src/serve.ts'

const { KUBECONFIG, KUBELET_DIR, NODE_NAME, CDI_DIR, CLUSTER_TEST_IMAGE } = process.env
const isGiven = KUBECONFIG !== undefined && KUBELET_DIR !== undefined

/** Pulling an image and starting a pod, on a small machine. */
const POD_TIMEOUT_MS = 180_000
const TEST_TIMEOUT_MS = 400_000
const POLL_INTERVAL_MS = 500

const DRIVER = 'test.daxd.io'
const NAMESPACE = 'default'
const SLICES = '/apis/resource.k8s.io/v1/resourceslices'
const CLASSES = '/apis/resource.k8s.io/v1/deviceclasses'
const CLAIMS = `/apis/resource.k8s.io/v1/namespaces/${NAMESPACE}/resourceclaims`
const PODS = `/api/v1/namespaces/${NAMESPACE}/pods`
const EVENTS = `/api/v1/namespaces/${NAMESPACE}/events`
const SHARE_SIZE = 256 * 1024 ** 2

if (!isGiven) {
  process.stderr.write(
    '\n*** NOT RUN: test/kubernetes/cluster.test.ts, the driver in a real Kubernetes cluster. ***\n' +
      '*** It needs KUBECONFIG and KUBELET_DIR; scripted parties of ours stood in for both. ***\n\n',
  )
}

describe.skipIf(!isGiven)('in a real cluster', { timeout: TEST_TIMEOUT_MS }, () => {
  const kube = createApiClient(
    isGiven ? readKubeConfig(KUBECONFIG) : { server: new URL('http://127.0.0.1:1') },
  )
  const suffix = `${process.pid}-${Date.now().toString(36)}`
  const className = `daxd-test-${suffix}`
  const cleanups: (() => Promise<unknown> | undefined)[] = []
  let daxd: DaxdClient

  beforeAll(async () => {
    const directory = mkdtempSync(join(tmpdir(), 'daxd-cluster-'))
    cleanups.push(async () => rmSync(directory, { recursive: true, force: true }))
    const address = `unix:${join(directory, 'daxd.sock')}`
    const config = readConfig(
      { 'state-dir': directory, listen: address, 'cdi-dir': CDI_DIR ?? '/var/run/cdi' },
      {},
    )
    const daemon = await startDaemon(config, pino({ level: 'warn' }), '0.0.0-test')
    await daemon.app.listen({ path: join(directory, 'daxd.sock') })
    cleanups.push(() => daemon.close())
    daxd = createDaxdClient({ address })
    const shares = { kubernetes: SHARE_SIZE }
    await daxd.call({ method: 'PATCH', path: '/v1/regions/0', body: { shares } })
    const node = NODE_NAME ?? (await kube.list('/api/v1/nodes')).items[0]?.metadata.name ?? ''
    const main = resolve(import.meta.dirname, '../../src/main.ts')
    const words = ['--daxd', address, '--node-name', node, '--driver-name', DRIVER]
    const where = ['--kubelet-dir', KUBELET_DIR ?? '', '--kubeconfig', KUBECONFIG ?? '']
    const child = spawn(process.execPath, [main, 'dra', ...words, ...where], { stdio: 'inherit' })
    const exit = new Promise((done) => child.once('exit', done))
    cleanups.push(() => {
      child.kill('SIGTERM')
      return exit
    })
    await kube.create(CLASSES, deviceClass(className))
    cleanups.push(() => kube.delete(`${CLASSES}/${className}`))
  }, TEST_TIMEOUT_MS)

  afterAll(async () => {
    for (const clean of cleanups.reverse()) await Promise.resolve(clean()).catch(report)
  }, TEST_TIMEOUT_MS)

  async function runPod(name: string, size: string, parameters?: object): Promise<void> {
    await kube.create(CLAIMS, resourceClaim(name, className, size, parameters))
    await kube.create(PODS, pod(name))
  }

  async function endPod(name: string): Promise<void> {
    await kube.delete(`${PODS}/${name}?gracePeriodSeconds=1`)
    await eventually(() => kube.get(`${PODS}/${name}`).then(() => false, isMissing), true)
    await kube.delete(`${CLAIMS}/${name}`)
    await eventually(async () => (await recordsOf(name)).length, 0)
  }

  async function recordsOf(name: string): Promise<readonly ClaimView[]> {
    const all = await daxd.list<ClaimView>('/v1/claims')
    return all.filter(({ labels }) => labels['daxd.io/claim-name'] === name)
  }

  test('the kubelet registers the driver and the region is in a ResourceSlice', async () => {
    await eventually(async () => {
      const { items } = await kube.list(SLICES)
      return items.some((slice) => (slice['spec'] as { driver: string }).driver === DRIVER)
    }, true)
  })

  test('a pod of 16 MiB writes its memory, and gives it back when it is deleted', async () => {
    const name = `good-${suffix}`
    await runPod(name, '16Mi')
    await eventually(async () => phaseOf(await kube.get(`${PODS}/${name}`)), 'Running')
    const [record] = await recordsOf(name)
    expect(record).toMatchObject({ state: 'active', length: 16 * 1024 ** 2, share: 'kubernetes' })
    await endPod(name)
  })

  test('parameters that are wrong are told in the pod’s events', async () => {
    const name = `bad-${suffix}`
    await runPod(name, '2Mi', { apiVersion: 'daxd.io/v1', kind: 'DaxParameters', nonsense: 1 })
    await eventually(async () => {
      const { items } = await kube.list(EVENTS)
      return items.some(
        (event) =>
          (event['involvedObject'] as { name: string }).name === name &&
          String(event['message']).includes('The opaque parameters are not right'),
      )
    }, true)
    await endPod(name)
  })

  test('a pod for which the share has no room is not scheduled', async () => {
    const name = `big-${suffix}`
    await runPod(name, '512Mi')
    await eventually(async () => {
      const { status } = await kube.get(`${PODS}/${name}`)
      return JSON.stringify(status).includes('Unschedulable')
    }, true)
    await endPod(name)
  })
})

async function eventually<T>(read: () => Promise<T>, wanted: T): Promise<void> {
  await expect.poll(read, { timeout: POD_TIMEOUT_MS, interval: POLL_INTERVAL_MS }).toEqual(wanted)
}

function isMissing(error: unknown): boolean {
  if (error instanceof KubeApiError && error.status === 404) return true
  throw error
}

function report(error: unknown): void {
  process.stderr.write(`clean-up: ${error}\n`)
}

function phaseOf(object: KubeObject): string | undefined {
  return (object['status'] as { phase?: string } | undefined)?.phase
}

function deviceClass(name: string) {
  const expression = `device.driver == "${DRIVER}"`
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'DeviceClass',
    metadata: { name },
    spec: { selectors: [{ cel: { expression } }] },
  }
}

function resourceClaim(name: string, deviceClassName: string, size: string, parameters?: object) {
  const exactly = { deviceClassName, capacity: { requests: { size } } }
  const config = parameters === undefined ? [] : [{ opaque: { driver: DRIVER, parameters } }]
  return {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceClaim',
    metadata: { name, namespace: NAMESPACE },
    spec: { devices: { requests: [{ name: 'memory', exactly }], config } },
  }
}

function pod(name: string) {
  const write = 'dd if=/dev/urandom of="$DAXD_PATH" bs=1M count=1 conv=notrunc && sleep 3600'
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: NAMESPACE },
    spec: {
      restartPolicy: 'Never',
      ...(NODE_NAME === undefined ? {} : { nodeSelector: { 'kubernetes.io/hostname': NODE_NAME } }),
      resourceClaims: [{ name: 'dax', resourceClaimName: name }],
      containers: [
        {
          name: 'main',
          image: CLUSTER_TEST_IMAGE ?? 'busybox:1.37',
          command: ['sh', '-c', write],
          resources: { claims: [{ name: 'dax' }] },
        },
      ],
    },
  }
}
