import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { describe } from '../../routes/views.ts'
import { createEmulatedBackend } from '../../src/backends/emulated/emulated-backend.ts'
import { readTopology } from '../../src/backends/emulated/read-topology.ts'
import { seedHost } from '../../src/backends/emulated/seed-host.ts'
import { DaxError, type ErrorCode } from '../../src/core/errors.ts'
import { openMemoryLedger } from '../../src/ledger/memory-ledger.ts'
import type { Backend } from '../../src/ports/backend.ts'
import { createProcessObserver } from '../../src/procfs/observer.ts'
import { createServices, stopServices } from '../../src/services/create-services.ts'
import { manualClock } from './manual-clock.ts'

/** Regions 0 and 1, and a host whose calls are told, and wait or fail where they are told to. */
export async function gatedServices() {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-gated-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  const observer = createProcessObserver()
  const host = await createEmulatedBackend({ directory, bootId: 'one', observer })
  await seedHost(host, directory, await readTopology([]))
  const asked: string[] = []
  const gates = new Map<string, PromiseWithResolvers<void>>()
  const refusals = new Map<string, ErrorCode>()
  const gated =
    <T, R extends unknown[]>(what: string, work: (chardev: string, ...rest: R) => Promise<T>) =>
    async (chardev: string, ...rest: R): Promise<T> => {
      const call = `${what} ${chardev}`
      asked.push(call)
      await gates.get(call)?.promise
      const code = refusals.get(call)
      if (code !== undefined) throw new DaxError(code, 'The test wants it so.')
      return work(chardev, ...rest)
    }
  const backend: Backend = {
    ...host,
    create: (plan) => gated('create', () => host.create(plan))(plan.chardev),
    destroy: gated('destroy', host.destroy),
    fence: gated('fence', host.fence),
    reshape: gated('reshape', host.reshape),
    wipe: gated('wipe', host.wipe),
    observe: (chardevs) => gated('observe', () => host.observe(chardevs))(chardevs.join(' ')),
  }
  const clock = manualClock()
  const services = await createServices({
    ...{ backend, ledger: openMemoryLedger({ eventsKept: 1000 }), clock, describe },
    log: pino({ level: 'silent' }),
    digest: (text: string) => createHash('sha256').update(text).digest('base64'),
  })
  onTestFinished(() => {
    for (const gate of gates.values()) gate.resolve()
    void stopServices(services)
  })
  /** Has the next such call wait; the result lets it go on. */
  const hold = (call: string): (() => void) => {
    const gate = Promise.withResolvers<void>()
    gates.set(call, gate)
    return gate.resolve
  }
  return { services, clock, asked, hold, refusals, host }
}

export type GatedServices = Awaited<ReturnType<typeof gatedServices>>
