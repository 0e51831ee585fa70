import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { NAME_PATTERN } from '../../schemas/common.ts'
import type { NamespaceView } from '../../schemas/namespace.ts'
import type { RegionView } from '../../schemas/region.ts'
import { holderOf, recordName } from '../../src/kubernetes/claim-records.ts'
import { healthOf } from '../../src/kubernetes/device-health.ts'
import {
  namespaceDeviceName,
  regionDeviceName,
  regionOfDevice,
} from '../../src/kubernetes/device-names.ts'
import { serveGrpc } from '../../src/kubernetes/grpc-server.ts'
import { pluginSockets, removeDeadSockets } from '../../src/kubernetes/plugin-sockets.ts'

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const names = fc.stringMatching(NAME_PATTERN)

test('every namespace has a device name that Kubernetes takes, and no two have the same', () => {
  fc.assert(
    fc.property(names, names, (one, other) => {
      expect(namespaceDeviceName(one)).toMatch(LABEL)
      expect(regionOfDevice(namespaceDeviceName(one))).toBeNull()
      if (one !== other) expect(namespaceDeviceName(one)).not.toBe(namespaceDeviceName(other))
    }),
  )
})

test('a region is found again by its device name, and by no other writing of it', () => {
  expect([0, 7, 123].map((id) => regionOfDevice(regionDeviceName(id)))).toEqual([0, 7, 123])
  expect(['region', 'region01', 'region-1', 'Region1', 'region1x'].map(regionOfDevice)).toEqual(
    Array.from({ length: 5 }, () => null),
  )
})

test('a record has a name that daxd takes, and another one for whatever tells devices apart', () => {
  const uid = '01234567-89ab-4def-8123-456789abcdef'
  const key = { request: 'a'.repeat(63), pool: 'n', device: 'region0', shareId: null }
  const keys = [
    key,
    { ...key, request: 'b' },
    { ...key, pool: 'm' },
    { ...key, device: 'region1' },
    { ...key, shareId: uid },
  ]
  const made = keys.map((one) => recordName(uid, one))
  for (const name of made) expect(name).toMatch(NAME_PATTERN)
  expect(new Set(made).size).toBe(keys.length)
  const long = { namespace: 'n'.repeat(63), name: 'c'.repeat(253), uid }
  expect(holderOf(long)).toHaveLength(256)
  expect(holderOf(long).endsWith(`/${uid}`)).toBe(true)
})

test('only sockets of this driver that nobody answers any more are removed', async () => {
  const kubeletDirectory = mkdtempSync(join(tmpdir(), 'daxd-sockets-'))
  onTestFinished(() => rmSync(kubeletDirectory, { recursive: true, force: true }))
  const where = { kubeletDirectory, driverName: 'daxd.io', instance: null }
  const registry = join(kubeletDirectory, 'plugins_registry')
  mkdirSync(registry)
  const live = await serveGrpc(pluginSockets({ ...where, instance: 'live' }).registration, [])
  onTestFinished(() => live.stop())
  const others = join(registry, 'daxd.io-other-reg.sock')
  await leaveDead(pluginSockets(where).registration)
  await leaveDead(pluginSockets({ ...where, instance: 'dead' }).registration)
  await leaveDead(others)
  await removeDeadSockets(where)
  expect(
    readdirSync(registry)
      .map((name) => join(registry, name))
      .sort(),
  ).toEqual([live.path, others].sort())
})

test('a kubelet directory that is too deep for sockets is refused before anything is made', () => {
  const kubeletDirectory = `/${'d'.repeat(90)}`
  const where = { kubeletDirectory, driverName: 'daxd.io', instance: 'pod' }
  expect(() => pluginSockets(where)).toThrow("a socket's path has at most 107")
})

test('a region that the host has otherwise is unhealthy, and so is what lies in it', () => {
  const region = (id: number, facts: Partial<RegionView>) =>
    ({ id, state: 'enabled', drift: null, ...facts }) as RegionView
  const namespace = (name: string, facts: Partial<NamespaceView>) =>
    ({ name, region: 0, state: 'active', ...facts }) as NamespaceView
  const regions = [region(0, {}), region(1, { drift: 'gone' }), region(2, { state: 'disabled' })]
  const namespaces = [
    namespace('a', {}),
    namespace('b', { region: 1 }),
    namespace('c', { state: 'failed' }),
  ]
  const told = (reasons: string[]) =>
    healthOf({ reasons, regions, namespaces }, 'node', 1_800_000_000_999).map((one) => [
      one.device.device_name,
      one.health,
      one.message,
    ])
  const sick = [
    ['region1', 'UNHEALTHY', 'Region 1: gone'],
    ['region2', 'UNHEALTHY', 'Region 2 is disabled.'],
  ]
  expect(told([])).toEqual([
    ['region0', 'HEALTHY', ''],
    ...sick,
    ['ns-a', 'HEALTHY', ''],
    ['ns-b', 'UNHEALTHY', 'Region 1: gone'],
    ['ns-c', 'UNHEALTHY', 'Namespace c has failed.'],
  ])
  expect(told(['ledger_full'])[0]).toEqual(['region0', 'UNKNOWN', 'daxd is not ready: ledger_full'])
})

/** A socket whose listener was killed: closing one in order would remove the file. */
async function leaveDead(path: string): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(`${path}.tmp`, resolve))
  renameSync(`${path}.tmp`, path)
  await new Promise((resolve) => server.close(resolve))
}
