import { bytes, MIB } from '../../core/units.ts'
import type { Backend, HostView } from '../../ports/backend.ts'
import type { ProcessObserver } from '../../procfs/process-use.ts'
import { createDevice } from './create-device.ts'
import { destroyDevice } from './destroy-device.ts'
import { disableDevice } from './disable-device.ts'
import { enableDevice, setFence } from './enable-device.ts'
import type { Faults } from './faults.ts'
import type { EmulatedHost } from './host.ts'
import { hostDevice } from './host-device.ts'
import { withHostErrors } from './host-errors.ts'
import { createHostFiles, type HostFiles } from './host-files.ts'
import { hostPaths } from './host-paths.ts'
import { createHostRecords } from './host-records.ts'
import { observeUsers } from './observe-users.ts'
import { createOneAtATime } from './one-at-a-time.ts'
import { recoverHost } from './recover-host.ts'
import { defineRegion, dropRegion } from './region-changes.ts'
import { reshapeDevice } from './reshape-device.ts'
import { createSerials } from './serials.ts'
import { wipeData } from './wipe-data.ts'
import { withFaults } from './with-faults.ts'

export interface EmulatedBackendOptions {
  /** The emulated host's home; it outlives daxd. One daemon at a time may use it. */
  readonly directory: string
  /** The real host's boot id: another one than before is a power cycle. */
  readonly bootId: string
  readonly observer: ProcessObserver
  /** What shall go wrong; nothing by default. */
  readonly faults?: Faults
  /** How long a call that hangs by a fault takes to fail, in milliseconds. */
  readonly callTimeoutMs?: number
  /** GNU cp; the one on the PATH by default. */
  readonly cpPath?: string
  /** fallocate(1) of util-linux; the one on the PATH by default. It may be missing. */
  readonly fallocatePath?: string
  /** The steps on disk; those of {@link createHostFiles} by default. */
  readonly files?: HostFiles
}

/**
 * A host whose devices are sparse files that clients on this machine can open and map. It is as
 * durable as hardware: its state is on disk alone, and a daemon that died at any moment leaves a
 * host that this call repairs (see `settle.ts`).
 *
 * @throws DaxError `no_space`, `backend_failed` when the directory cannot be used.
 */
export async function createEmulatedBackend(options: EmulatedBackendOptions): Promise<Backend> {
  const { faults, callTimeoutMs } = options
  const paths = hostPaths(options.directory)
  const files = options.files ?? createHostFiles(options.cpPath ?? 'cp')
  const host: EmulatedHost = {
    paths,
    files,
    records: createHostRecords(paths, files),
    serials: createSerials(),
    observer: options.observer,
    fallocatePath: options.fallocatePath ?? 'fallocate',
  }
  await withHostErrors(() => recoverHost(host, options.bootId))
  const backend = backendOn(host, options.bootId)
  if (faults === undefined) return backend
  return withFaults(backend, faults, callTimeoutMs === undefined ? {} : { callTimeoutMs })
}

/** Of x86-64 with less than 64 GiB of memory. Source: arch/x86/mm/init_64.c. */
const MEMORY_BLOCK = bytes(128 * MIB)

function backendOn(host: EmulatedHost, bootId: string): Backend {
  const run = withHostErrors
  // Regions and minor numbers are the whole host's; calls on different regions may overlap.
  const alone = createOneAtATime()
  return {
    kind: 'emulated',
    memoryBlock: MEMORY_BLOCK,
    discover: (region) => run(() => discover(host, bootId, region)),
    create: (plan) => run(() => alone(() => createDevice(host, plan))),
    reshape: (chardev, shape) => run(() => reshapeDevice(host, chardev, shape)),
    enable: (chardev) => run(() => enableDevice(host, chardev)),
    disable: (chardev) => run(() => disableDevice(host, chardev)),
    destroy: (chardev) => run(() => destroyDevice(host, chardev)),
    fence: (chardev) => run(() => setFence(host, chardev, true)),
    unfence: (chardev) => run(() => setFence(host, chardev, false)),
    observe: (chardevs) => run(() => observeUsers(host, chardevs)),
    wipe: (chardev, part, onProgress) => run(() => wipeData(host, { chardev, part, onProgress })),
    defineRegion: (region) => run(() => alone(() => defineRegion(host, region))),
    dropRegion: (id) => run(() => alone(() => dropRegion(host, id))),
    close: async () => {},
  }
}

async function discover(
  host: EmulatedHost,
  bootId: string,
  only: number | undefined,
): Promise<HostView> {
  const regions = await host.records.regions()
  const byId = new Map(regions.map((region) => [region.id, region]))
  const devices = (await host.records.devices(only)).flatMap((device) => {
    // A region that comes or goes between the two reads is told by the next look.
    const region = byId.get(device.region)
    return region === undefined ? [] : [hostDevice(host, region, device)]
  })
  return { boot_id: bootId, regions, devices }
}
