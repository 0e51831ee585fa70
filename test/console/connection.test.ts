/** What the page knows, against what a real daemon says: by lists and events, without gaps. */
import { signal } from '@preact/signals'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createClient, type EventView } from '../../client/src/index.ts'
import { connect } from '../../console/data/connection.ts'
import { createHostState, type HostState } from '../../console/data/host-state.ts'
import { createSession } from '../../console/data/session.ts'
import { createSelection } from '../../console/views/selection.ts'
import { startTestDaemon, type TestDaemon } from '../support/start-test-daemon.ts'

const WAIT = { timeout: 20_000, interval: 20 }

/** As much of a browser's storage as the session needs. */
function storage(): Storage {
  const kept = new Map<string, string>()
  return {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  } as Storage
}

/** The page's knowledge of a daemon whose address may change. */
function watch(address: () => string) {
  const session = createSession(storage())
  const daxd = createClient({
    url: 'http://daxd.test',
    token: session.token,
    fetch: (url, init) => fetch(url.replace('http://daxd.test', address()), init),
  })
  const state = createHostState(() => state.tell())
  const ended = new AbortController()
  onTestFinished(() => ended.abort())
  const connection = connect({ daxd, state, session, loaded: () => {} }, ended.signal)
  const selection = createSelection(state, signal(new Map()))
  const live = () => vi.waitFor(() => expect(connection.value.state).toBe('live'), WAIT)
  return { state, connection, selection, live }
}

/** What is known, as the daemon would list it; idle slots are no news to anybody. */
function known({ regions, namespaces, devices, claims, leases, operations }: HostState) {
  const inUse = devices.rows().filter(({ size, namespace }) => size > 0 || namespace !== null)
  return {
    regions: regions
      .rows()
      .map(({ id }) => id)
      .sort(),
    namespaces: sorted(namespaces.rows(), 'name'),
    devices: sorted(inUse, 'chardev').map(({ refs: _, ...device }) => device),
    claims: sorted(claims.rows(), 'name'),
    leases: sorted(leases.rows(), 'id'),
    operations: sorted(operations.rows(), 'id'),
  }
}

async function told({ get }: TestDaemon) {
  const list = async (kind: string) => (await get(`/v1/${kind}?limit=1000`)).items
  const devices = await list('devices')
  return {
    regions: (await list('regions')).map(({ id }: { id: number }) => id).sort(),
    namespaces: sorted(await list('namespaces'), 'name'),
    devices: sorted<Record<string, unknown>>(devices, 'chardev').map(
      ({ refs: _, ...device }) => device,
    ),
    claims: sorted(await list('claims'), 'name'),
    leases: sorted(await list('leases'), 'id'),
    operations: sorted(await list('operations'), 'id'),
  }
}

function sorted<T extends object>(rows: readonly T[], key: keyof T): T[] {
  return [...rows].sort((left, right) => (String(left[key]) < String(right[key]) ? -1 : 1))
}

function claim(daemon: TestDaemon, name: string, ttl_ms = 600_000) {
  const body = { size: '64MiB', sharing: 'dedicated', holder: `holder of ${name}`, ttl_ms }
  return daemon.ok('put', `/v1/claims/${name}`, 201, { body })
}

test('what is made and undone while the lists are read is known as it is, none twice', async () => {
  const daemon = await startTestDaemon()
  for (const name of ['a', 'b', 'c']) await claim(daemon, name)
  const { state, live } = watch(() => daemon.url)
  const changes = ['d', 'e', 'f'].map((name) => claim(daemon, name))
  await daemon.remove('/v1/claims/b')
  await Promise.all(changes)
  await live()
  await daemon.remove('/v1/claims/d')
  await vi.waitFor(async () => expect(known(state)).toEqual(await told(daemon)), WAIT)
})

test('free bytes, holes and references come from events as the daemon counts them', async () => {
  const daemon = await startTestDaemon()
  const { state, selection, live } = watch(() => daemon.url)
  await live()
  for (const name of ['a', 'b', 'c']) await claim(daemon, name)
  await daemon.make('/v1/namespaces', { name: 'p', region: 1, size: '64MiB' })
  await daemon.make('/v1/devices/dax0.0/handles', { holder: 'second' })
  await daemon.remove('/v1/claims/b')
  await vi.waitFor(async () => {
    for (const region of (await daemon.get('/v1/regions')).items) {
      const seen = selection.occupancies.value.get(region.id)
      expect([seen?.available, seen?.largest]).toEqual([
        region.available_size,
        region.max_available_extent,
      ])
    }
    const device = await daemon.get('/v1/devices/dax0.0')
    expect(selection.refsOf(state.devices.get('dax0.0')!)).toEqual(device.refs)
  }, WAIT)
  expect(selection.refsOf(state.devices.get('dax0.0')!)).toEqual({ handles: 2, mappings: 1 })
})

test('after a restart the page comes back by itself and knows what happened meanwhile', async () => {
  let daemon = await startTestDaemon()
  const { state, connection, live } = watch(() => daemon.url)
  await live()
  await claim(daemon, 'before')
  await daemon.close()
  await vi.waitFor(() => expect(connection.value.state).toBe('reconnecting'), WAIT)
  daemon = await daemon.restart()
  await claim(daemon, 'after')
  await live()
  await vi.waitFor(async () => expect(known(state)).toEqual(await told(daemon)), WAIT)
  expect(known(state).claims.map(({ name }) => name)).toEqual(['after', 'before'])
})

test('the end of a removed device does not take the new bearer of its name away', async () => {
  const daemon = await startTestDaemon()
  const { state, live } = watch(() => daemon.url)
  await live()
  await daemon.make('/v1/namespaces', { name: 'old', region: 1, size: '64MiB' })
  const { id } = await daemon.make('/v1/devices/dax1.0/handles', { holder: 'me' })
  await daemon.ok('delete', '/v1/namespaces/old?if_busy=revoke', 200)
  await daemon.make('/v1/namespaces', { name: 'new', region: 1, size: '64MiB' })
  await daemon.remove(`/v1/handles/${id}`)
  const isEnd = ({ kind, type }: EventView) => kind === 'device' && type === 'deleted'
  await vi.waitFor(() => expect(state.log.shown.value.find(isEnd)).toBeDefined(), WAIT)
  expect(state.devices.get('dax1.0')?.namespace).toBe('new')
})
