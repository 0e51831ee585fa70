import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { describe } from '../../../routes/views.ts'
import { createEmulatedBackend } from '../../../src/backends/emulated/emulated-backend.ts'
import { readTopology } from '../../../src/backends/emulated/read-topology.ts'
import { seedHost } from '../../../src/backends/emulated/seed-host.ts'
import type { ClaimRecord, ClaimRequest } from '../../../src/core/model.ts'
import { bytes, MIB } from '../../../src/core/units.ts'
import { openMemoryLedger } from '../../../src/ledger/memory-ledger.ts'
import type { Backend } from '../../../src/ports/backend.ts'
import type { DeviceSpec, DeviceSpecs } from '../../../src/ports/device-specs.ts'
import type { Ledger, LedgerChange } from '../../../src/ports/ledger.ts'
import { createProcessObserver } from '../../../src/procfs/observer.ts'
import { createServices, stopServices } from '../../../src/services/create-services.ts'
import type { Services } from '../../../src/services/services.ts'
import { systemClock } from '../../../src/system-clock.ts'
import { CALL } from '../../support/service-calls.ts'

export const CLAIM: ClaimRequest = {
  size: bytes(4 * MIB),
  sharing: 'dedicated',
  selector: { kind: 'dynamic' },
  holder: 'me',
  wipe: 'none',
  labels: {},
}
export const SLICE: ClaimRequest = { ...CLAIM, sharing: 'slice', selector: {} }

/** The caretaker's pause, and how long a test can wait for it. */
const ROUND_MS = 5000
const QUICK_ROUND_MS = 100

function soonerIfRound(ms: number): number {
  return ms === ROUND_MS ? QUICK_ROUND_MS : ms
}

/** A place for specifications in memory, which can be told to fail; it outlives the services. */
export interface Place {
  readonly there: Map<string, DeviceSpec>
  /** What the directory, the host and the ledger were told to do, in order. */
  readonly steps: string[]
  refuses: 'nothing' | 'writing' | 'removing'
}

export interface Stand {
  readonly place: Place
  /** The services on a host that was booted as `bootId`; books, host and place live on. */
  boot(bootId: string): Promise<Services>
}

/** Where services are started and ended, on one host and with one ledger. */
export function stand(): Stand {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-offers-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const place: Place = { there: new Map(), steps: [], refuses: 'nothing' }
  const ledger = toldLedger(openMemoryLedger({ eventsKept: 1000 }), place.steps)
  return {
    place,
    async boot(bootId) {
      const observer = createProcessObserver()
      const backend = await createEmulatedBackend({ directory, bootId, observer })
      await seedHost(backend, directory, await readTopology([]))
      return createServices({
        backend: toldHost(backend, place.steps),
        ledger,
        clock: { ...systemClock, after: (ms, work) => systemClock.after(soonerIfRound(ms), work) },
        log: pino({ level: process.env['DAXD_TEST_LOG'] ?? 'silent' }),
        describe,
        digest: (text) => text,
        deviceSpecs: toldSpecs(place),
      })
    },
  }
}

/** Services that end with the test. */
export async function started(bootId = 'first'): Promise<Services & { readonly place: Place }> {
  const { place, boot } = stand()
  const services = await boot(bootId)
  onTestFinished(() => stopServices(services))
  return { ...services, place }
}

/** Makes a claim and gives its record. */
export async function claim(
  { claims }: Services,
  name: string,
  request: ClaimRequest = CLAIM,
): Promise<ClaimRecord> {
  const put = await claims.put(name, request, CALL)
  if (put.kind !== 'done') throw new Error('it took too long')
  return put.result.record
}

/** The part of a claim's qualified name after the kind. */
export function deviceOf({ cdi_device }: ClaimRecord): string {
  const [, device] = (cdi_device ?? '').split('=')
  if (device === undefined) throw new Error('the claim has no name')
  return device
}

function toldSpecs(place: Place): DeviceSpecs {
  const { there, steps } = place
  const fail = (): never => {
    throw Object.assign(new Error('read-only'), { code: 'EROFS' })
  }
  return {
    kind: 'test.io/claim',
    givesNodes: true,
    list: async () => [...there.keys()],
    pathOf: async (device) => there.get(device)?.path ?? null,
    sweep: async () => undefined,
    async write(spec) {
      if (place.refuses === 'writing') fail()
      steps.push(`write ${spec.claim}`)
      there.set(spec.device, spec)
    },
    async remove(device) {
      if (place.refuses === 'removing') fail()
      const spec = there.get(device)
      if (spec !== undefined) steps.push(`remove ${spec.claim}`)
      there.delete(device)
    },
  }
}

function toldHost(backend: Backend, steps: string[]): Backend {
  const told =
    <R>(what: string, work: (chardev: string) => Promise<R>) =>
    (chardev: string) => {
      steps.push(what)
      return work(chardev)
    }
  return {
    ...backend,
    memoryBlock: backend.memoryBlock,
    enable: told('enable', backend.enable),
    disable: told('disable', backend.disable),
    destroy: told('destroy', backend.destroy),
    fence: told('fence', backend.fence),
    wipe: (chardev, ...rest) => told('wipe', (name) => backend.wipe(name, ...rest))(chardev),
  }
}

/** Tells of each commit what states of claims it makes durable. */
function toldLedger(ledger: Ledger, steps: string[]): Ledger {
  return {
    ...ledger,
    async commit(changes: readonly LedgerChange[]) {
      await ledger.commit(changes)
      for (const { kind, id, body } of changes) {
        if (kind !== 'claim') continue
        steps.push(`${body === null ? 'gone' : JSON.parse(body).state} ${id}`)
      }
    },
  }
}
