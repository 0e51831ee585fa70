import { readFile } from 'node:fs/promises'
import type { Logger } from 'pino'
import { createEmulatedBackend } from './backends/emulated/emulated-backend.ts'
import { createFaults } from './backends/emulated/faults.ts'
import { readTopology } from './backends/emulated/read-topology.ts'
import { seedHost } from './backends/emulated/seed-host.ts'
import { createKernelBackend } from './backends/kernel/kernel-backend.ts'
import { watchHost } from './backends/kernel/watch-host.ts'
import type { Config } from './config.ts'
import type { Backend } from './ports/backend.ts'
import { createProcessObserver } from './procfs/observer.ts'

/** The host, and a way to hear of changes that daxd did not make; the result stops it. */
export interface OpenBackend {
  readonly backend: Backend
  readonly watch: (onChange: () => void) => () => void
}

/**
 * The host as the configuration wants it, emulated or real.
 * @throws DaxError when it cannot be had.
 */
export function openBackend(config: Config, log: Logger): Promise<OpenBackend> {
  return config.backend === 'kernel' ? openKernel(config, log) : openEmulated(config, log)
}

async function openKernel({ initLabels }: Config, log: Logger): Promise<OpenBackend> {
  const backend = await createKernelBackend({ observer: createProcessObserver(), log, initLabels })
  return { backend, watch: (onChange) => watchHost({ onChange, log }) }
}

async function openEmulated(config: Config, log: Logger): Promise<OpenBackend> {
  const { stateDirectory: directory, faults } = config
  const topology = await readTopology(config.topology)
  const backend = await createEmulatedBackend({
    directory,
    bootId: (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim(),
    observer: createProcessObserver(),
    ...(faults === null ? {} : { faults: createFaults(faults) }),
  })
  const isSeeded = await seedHost(backend, directory, topology)
  if (!isSeeded && config.topology.length > 0) {
    const facts = { topology: config.topology }
    log.warn(facts, 'topology left aside: the emulated host has been made')
  }
  // Nobody but daxd changes the emulated host; who does so by hand asks for a reconciliation.
  return { backend, watch: () => () => undefined }
}
