import { expect, test } from 'vitest'
import { createFaults, FAULT_OPERATIONS } from '../../../src/backends/emulated/faults.ts'
import { bytes } from '../../../src/core/units.ts'
import { codeOf, NOTHING, newHost, openHost, plan, region, SIZE, seen, shape } from './fixture.ts'

function always(operation: string, rule: object) {
  return createFaults({ seed: 7, rules: [{ operation, probability: 1, ...rule }] })
}

/** A host with dax0.1 disabled and dax0.2 enabled, opened again with faults. */
async function faultyHost(faults: ReturnType<typeof createFaults>, callTimeoutMs = 30_000) {
  const { directory, backend } = await newHost()
  await backend.create(plan('dax0.1', 0))
  await backend.create(plan('dax0.2', 1))
  await backend.enable('dax0.2')
  return { plain: backend, faulty: await openHost(directory, { faults, callTimeoutMs }) }
}

type Faulty = Awaited<ReturnType<typeof faultyHost>>['faulty']
const part = { offset: bytes(0), length: bytes(SIZE) }
const CALLS: [string, (backend: Faulty) => Promise<unknown>][] = [
  ['create', (backend) => backend.create(plan('dax0.3', 2))],
  ['reshape', (backend) => backend.reshape('dax0.1', shape(0, 5))],
  ['enable', (backend) => backend.enable('dax0.1')],
  ['disable', (backend) => backend.disable('dax0.2')],
  ['destroy', (backend) => backend.destroy('dax0.1')],
]

test.each(CALLS)('a fault before %s leaves the host as it was', async (operation, call) => {
  const { plain, faulty } = await faultyHost(always(operation, { when: 'before', errno: 'EIO' }))
  const before = await plain.discover()
  expect(await codeOf(call(faulty))).toBe('backend_failed')
  expect(await plain.discover()).toEqual(before)
})

test.each(CALLS)(
  'a fault after %s has the whole effect, and a retry makes it good',
  async (operation, call) => {
    const faults = always(operation, { when: 'after', errno: 'EIO', times: 1 })
    const { plain, faulty } = await faultyHost(faults)
    const before = await plain.discover()
    expect(await codeOf(call(faulty))).toBe('backend_failed')
    const after = await plain.discover()
    expect(after).not.toEqual(before)
    await call(faulty)
    expect(await plain.discover()).toEqual(after)
  },
)

test.each([
  ['EIO', 'backend_failed'],
  ['EINVAL', 'backend_failed'],
  ['ENOSPC', 'no_space'],
  ['EBUSY', 'busy'],
  ['ENXIO', 'device_disabled'],
  ['hang', 'backend_timeout'],
] as const)('%s is told as %s with the errno in the detail', async (errno, code) => {
  const { faulty } = await faultyHost(always('observe', { when: 'before', errno }), 10)
  const shown = errno === 'hang' ? 'no answer in time' : errno
  const expected = { code, message: `Injected fault: ${shown}, before observe.` }
  await expect(faulty.observe(['dax0.1'])).rejects.toMatchObject(expected)
})

test('* reaches every call of the host', async () => {
  const { faulty } = await faultyHost(always('*', { when: 'before', errno: 'EBUSY' }))
  const listed = [
    ...CALLS.map(([, call]) => call(faulty)),
    faulty.discover(),
    faulty.fence('dax0.2'),
    faulty.observe([]),
    faulty.wipe('dax0.1', part, () => {}),
    faulty.unfence('dax0.2'),
    faulty.defineRegion(region(2)),
    faulty.dropRegion(1),
  ]
  expect(listed).toHaveLength(FAULT_OPERATIONS.length)
  for (const call of listed) expect(await codeOf(call)).toBe('busy')
})

test('a hang lasts as long as the call may take, and ends when the backend is closed', async () => {
  const { faulty } = await faultyHost(always('enable', { when: 'after', errno: 'hang' }))
  let settled = false
  const hanging = codeOf(faulty.enable('dax0.1')).finally(() => {
    settled = true
  })
  await expect.poll(() => seen(faulty, 'dax0.1')).toMatchObject({ enabled: true })
  expect(settled).toBe(false)
  await faulty.close()
  expect(await hanging).toBe('backend_timeout')
})

test('a call that is slow when the backend is closed fails, and has no effect any more', async () => {
  const slow = always('enable', { when: 'before', latency_ms: 600_000 })
  const { plain, faulty } = await faultyHost(slow)
  const before = await plain.discover()
  const waiting = codeOf(faulty.enable('dax0.1'))
  await faulty.close()
  expect(await waiting).toBe('backend_timeout')
  expect(await plain.discover()).toEqual(before)
})

test('a rule with latency alone slows the call and lets it succeed', async () => {
  const { faulty } = await faultyHost(always('reshape', { when: 'before', latency_ms: 80 }))
  const begun = performance.now()
  expect(await faulty.reshape('dax0.1', NOTHING)).toMatchObject({ extents: [] })
  expect(performance.now() - begun).toBeGreaterThanOrEqual(79)
})
