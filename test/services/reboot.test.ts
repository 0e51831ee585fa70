import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { describe } from '../../routes/views.ts'
import { createEmulatedBackend } from '../../src/backends/emulated/emulated-backend.ts'
import { readTopology } from '../../src/backends/emulated/read-topology.ts'
import { seedHost } from '../../src/backends/emulated/seed-host.ts'
import type { ClaimRequest } from '../../src/core/model.ts'
import { bytes, MIB } from '../../src/core/units.ts'
import { openMemoryLedger } from '../../src/ledger/memory-ledger.ts'
import type { Backend } from '../../src/ports/backend.ts'
import type { Ledger } from '../../src/ports/ledger.ts'
import { createProcessObserver } from '../../src/procfs/observer.ts'
import { createServices, stopServices } from '../../src/services/create-services.ts'
import type { Services } from '../../src/services/services.ts'
import { systemClock } from '../../src/system-clock.ts'
import { CALL, POOL } from '../support/service-calls.ts'

const SLICE: ClaimRequest = {
  size: bytes(2 * MIB),
  sharing: 'slice',
  holder: 'me',
  ttl_ms: 600_000,
  wipe: 'none',
  labels: {},
}

let directory: string
let ledger: Ledger
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'daxd-reboot-'))
  ledger = openMemoryLedger({ eventsKept: 1000 })
})
afterEach(() => rmSync(directory, { recursive: true, force: true }))

/** The services on a host that was booted as `bootId`; the books and the host live on. */
async function boot(bootId: string, onLook: () => void = () => undefined): Promise<Services> {
  const observer = createProcessObserver()
  const host = await createEmulatedBackend({ directory, bootId, observer })
  const backend: Backend = {
    ...host,
    discover(region) {
      onLook()
      return host.discover(region)
    },
  }
  await seedHost(backend, directory, await readTopology([]))
  const digest = (text: string): string => createHash('sha256').update(text).digest('base64')
  const log = pino({ level: 'silent' })
  return createServices({ backend, ledger, clock: systemClock, log, describe, digest })
}

test('after a reboot a slice is mapped anew at its place, so that nobody else gets it', async () => {
  const before = await boot('first')
  await before.namespaces.create('pool', POOL, CALL)
  await before.claims.put('mine', SLICE, CALL)
  await stopServices(before)

  const after = await boot('second')
  await after.claims.put('yours', { ...SLICE, holder: 'you' }, CALL)
  const { durable } = after.world
  const shown = [...durable.after('claim', -1)].map(({ name, state, offset, mapping, lease }) => {
    const own = durable.get('mapping', mapping ?? '')
    const isLeased = durable.get('lease', lease ?? '') !== undefined
    return { name, state, offset, mapping: own?.state, generation: own?.generation, isLeased }
  })
  await stopServices(after)
  const alive = { state: 'active', mapping: 'live', generation: 2, isLeased: true }
  expect(shown).toEqual([
    { ...alive, name: 'mine', offset: 0 },
    { ...alive, name: 'yours', offset: 2 * MIB },
  ])
})

test('a start looks at the host no more often for many namespaces than for one', async () => {
  const looks: number[] = []
  for (const count of [1, 12]) {
    const before = await boot('first')
    for (let at = 0; at < count; at += 1) {
      await before.namespaces.create(`n${count}-${at}`, { ...POOL, size: bytes(4 * MIB) }, CALL)
    }
    await stopServices(before)
    let looked = 0
    await stopServices(await boot('first', () => (looked += 1)))
    looks.push(looked)
  }
  expect(looks[1]).toBe(looks[0])
})
