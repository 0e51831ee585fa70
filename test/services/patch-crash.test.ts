import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { describe } from '../../routes/views.ts'
import { createEmulatedBackend } from '../../src/backends/emulated/emulated-backend.ts'
import { readTopology } from '../../src/backends/emulated/read-topology.ts'
import { seedHost } from '../../src/backends/emulated/seed-host.ts'
import { DEFAULT_ALIGN } from '../../src/backends/emulated/topology.ts'
import { DaxError } from '../../src/core/errors.ts'
import type { NamespaceRequest } from '../../src/core/model.ts'
import { bytes, MIB } from '../../src/core/units.ts'
import type { Wipe } from '../../src/core/vocabulary.ts'
import { openMemoryLedger } from '../../src/ledger/memory-ledger.ts'
import type { Backend } from '../../src/ports/backend.ts'
import type { Ledger } from '../../src/ports/ledger.ts'
import { createProcessObserver } from '../../src/procfs/observer.ts'
import { createServices, stopServices } from '../../src/services/create-services.ts'
import type { Services } from '../../src/services/services.ts'
import { systemClock } from '../../src/system-clock.ts'
import { CALL } from '../support/service-calls.ts'

const REQUEST: NamespaceRequest = {
  region: 0,
  size: bytes(8 * MIB),
  align: DEFAULT_ALIGN,
  mode: 'devdax',
  contiguous: false,
  pool: false,
  enabled: false,
  wipe: 'none',
  labels: { a: 'old' },
}
const CHANGE = { size: bytes(12 * MIB), wipe: 'on_release', labels: { a: 'new' } } as const
const OLD = { size: 8 * MIB, wipe: 'none', labels: { a: 'old' }, mapped: 8 * MIB, drift: null }
const NEW = { size: 12 * MIB, wipe: 'on_release', labels: { a: 'new' }, mapped: 12 * MIB }

const never = (): Promise<never> => new Promise(() => undefined)

interface Machine {
  readonly directory: string
  readonly ledger: Ledger
}

function machine(): Machine {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-patch-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return { directory, ledger: openMemoryLedger({ eventsKept: 1000 }) }
}

/** The services on a machine; the wrapped ledger or host is what a crash cuts short. */
async function start(
  { directory, ledger }: Machine,
  wrap: (backend: Backend) => Backend = (backend) => backend,
  minimum: Wipe = 'none',
): Promise<Services> {
  const observer = createProcessObserver()
  const backend = await createEmulatedBackend({ directory, bootId: 'one', observer })
  await seedHost(backend, directory, await readTopology([]))
  const digest = (text: string): string => createHash('sha256').update(text).digest('base64')
  const log = pino({ level: 'silent' })
  const services = { backend: wrap(backend), ledger, clock: systemClock, log, describe, digest }
  return createServices({ ...services, wiping: { minimum, rate: null } })
}

/** What the namespace, its device and the host are, in one value. */
function shown({ world }: Services) {
  const namespace = world.durable.get('namespace', 'n')
  const device = world.durable.get('device', namespace?.device ?? '')
  const { size, wipe, labels } = namespace ?? {}
  return { size, wipe, labels, mapped: device?.size, drift: device?.drift }
}

/** A crashed daemon's timers must not outlive it; its last steps never end. */
function abandon(services: Services): void {
  void stopServices(services)
}

async function afterRestart(on: Machine, minimum?: Wipe): Promise<ReturnType<typeof shown>> {
  const services = await start(on, undefined, minimum)
  const found = shown(services)
  await stopServices(services)
  return found
}

test.each([0, 1, 2, 3])(
  'a PATCH of size, wipe and labels cut short after %i commits is there whole or not at all',
  async (kept) => {
    const on = machine()
    let left = Number.POSITIVE_INFINITY
    let reach: () => void = () => undefined
    const isCut = new Promise<boolean>((resolve) => {
      reach = () => resolve(false)
    })
    const ledger: Ledger = {
      ...on.ledger,
      commit(changes) {
        left -= 1
        if (left >= 0) return on.ledger.commit(changes)
        reach()
        return never()
      },
    }
    const before = await start({ ...on, ledger })
    await before.namespaces.create('n', REQUEST, CALL)
    left = kept
    const isDone = before.namespaces.change('n', CHANGE, CALL).then(() => true)
    const isAnswered = await Promise.race([isDone, isCut])
    left = 0
    abandon(before)
    const found = await afterRestart(on)
    const allowed = isAnswered ? [{ ...NEW, drift: null }] : [{ ...NEW, drift: null }, OLD]
    expect(allowed).toContainEqual(found)
  },
)

test('a PATCH that a start goes on with takes nothing back of a minimum that is higher since', async () => {
  const on = machine()
  const reached = Promise.withResolvers<void>()
  const before = await start(on, (backend) => ({
    ...backend,
    async reshape(chardev, shape) {
      await backend.reshape(chardev, shape)
      reached.resolve()
      return never()
    },
  }))
  await before.namespaces.create('n', REQUEST, CALL)
  void before.namespaces.change('n', { size: CHANGE.size }, CALL)
  await reached.promise
  abandon(before)
  const found = await afterRestart(on, 'on_release')
  expect(found).toEqual({ ...NEW, labels: OLD.labels, drift: null })
})

test.each([
  ['before the host has begun is not at all there', 'before', OLD],
  ['when the host has done it is there whole', 'after', { ...NEW, drift: null }],
] as const)('a PATCH whose daemon dies %s', async (_name, when, expected) => {
  const on = machine()
  let reach: () => void = () => undefined
  const reached = new Promise<void>((resolve) => {
    reach = resolve
  })
  const before = await start(on, (backend) => ({
    ...backend,
    async reshape(chardev, shape) {
      if (when === 'after') await backend.reshape(chardev, shape)
      reach()
      return never()
    },
  }))
  await before.namespaces.create('n', REQUEST, CALL)
  void before.namespaces.change('n', CHANGE, CALL)
  await reached
  abandon(before)
  expect(await afterRestart(on)).toEqual(expected)
})

test('a PATCH that the full disk refused is not there after the next start either', async () => {
  const on = machine()
  let isFull = false
  let isReshaped = false
  const ledger: Ledger = {
    ...on.ledger,
    async commit(changes) {
      if (isFull && isReshaped) throw new DaxError('ledger_full', 'The state directory is full.')
      return on.ledger.commit(changes)
    },
  }
  const before = await start({ ...on, ledger }, (backend) => ({
    ...backend,
    async reshape(chardev, shape) {
      const host = await backend.reshape(chardev, shape)
      isReshaped = true
      return host
    },
  }))
  await before.namespaces.create('n', REQUEST, CALL)
  isFull = true
  const code = await before.namespaces.change('n', CHANGE, CALL).then(
    () => 'done',
    (error: DaxError) => error.code,
  )
  isFull = false
  await stopServices(before)
  expect([code, await afterRestart(on)]).toEqual(['ledger_full', OLD])
})
