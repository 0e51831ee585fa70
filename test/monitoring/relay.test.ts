/** scripts/relay-metrics.ts: how a Prometheus sees a daxd that listens on a unix socket. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import { startDaemon, stateDirectory } from '../crash/support/daemon.ts'
import { keyOf, readManifests } from '../deploy/kustomize.ts'
import { readUnit, valuesIn } from '../deploy/systemd-unit.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const COMPONENT = join(ROOT, 'deploy/kubernetes/components/monitoring')
const TEST_TIMEOUT_MS = 60_000

async function startRelay(socket: string): Promise<string> {
  const script = join(ROOT, 'scripts/relay-metrics.ts')
  const child = spawn(process.execPath, [script, '--listen', '127.0.0.1:0', '--socket', socket])
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  return `http://127.0.0.1:${JSON.parse(line).address.port}`
}

async function told(url: string, init: RequestInit = {}): Promise<[number, string]> {
  const answer = await fetch(url, init)
  return [answer.status, await answer.text()]
}

test(
  'the relay shows the metrics of a daxd on a socket, nothing else of it, and 503 when it is gone',
  async () => {
    const directory = stateDirectory()
    const socket = join(directory, 'daxd.sock')
    const daemon = await startDaemon(join(directory, 'state'), ['--listen', `unix:${socket}`])
    const url = await startRelay(socket)
    const [status, text] = await told(`${url}/metrics`)
    expect([status, text.includes('\ndaxd_ready 1\n')]).toEqual([200, true])
    for (const path of ['/v1/regions', '/metrics?x=1', '//metrics', '/livez']) {
      expect((await told(`${url}${path}`))[0], path).toBe(404)
    }
    expect((await told(`${url}/metrics`, { method: 'POST' }))[0]).toBe(405)
    await daemon.end('SIGTERM')
    const [gone, why] = await told(`${url}/metrics`)
    expect([gone, why.startsWith('daxd does not answer')]).toEqual([503, true])
  },
  TEST_TIMEOUT_MS,
)

test('the unit and the pod relay from the socket that daxd listens on, at the port that is let in', () => {
  const unit = readUnit(join(ROOT, 'deploy/systemd/daxd-metrics.service'))
  const [line = ''] = valuesIn(unit, 'ExecStart')
  const wanted = ['--listen', '0.0.0.0:9329', '--socket', '/run/daxd/daxd.sock']
  expect(line.split(/\s+/).slice(-4)).toEqual(wanted)
  const [{ value: container }] = parse(
    readFileSync(join(COMPONENT, 'relay-container.yaml'), 'utf8'),
  )
  expect(container.args).toEqual(wanted)
  const [monitor] = readManifests(join(COMPONENT, 'pod-monitor.yaml'))
  const [policy] = readManifests(join(COMPONENT, 'network-policy.yaml'))
  const [base] = readManifests(join(ROOT, 'deploy/kubernetes/base/daemonset.yaml'))
  const labels = base?.['spec'].template.metadata.labels
  expect(monitor?.['spec'].selector.matchLabels).toEqual(labels)
  expect(policy?.['spec'].podSelector.matchLabels).toEqual(labels)
  const [port] = container.ports
  expect(monitor?.['spec'].podMetricsEndpoints[0].port).toBe(port.name)
  expect(policy?.['spec'].ingress[0].ports).toEqual([{ protocol: 'TCP', port: 9329 }])
  expect(port.containerPort).toBe(9329)
  const mounts = container.volumeMounts.map(({ name }: { name: string }) => name)
  const volumes = base?.['spec'].template.spec.volumes.map(({ name }: { name: string }) => name)
  expect(volumes).toEqual(expect.arrayContaining(mounts))
  expect(monitor && keyOf(monitor)).toBe('monitoring.coreos.com/v1 PodMonitor daxd-system daxd')
})
