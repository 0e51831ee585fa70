import type { Bytes } from '../../core/units.ts'
import type { Backend, DevicePlan, HostDevice } from '../../ports/backend.ts'
import type { Log } from '../../ports/log.ts'
import type { ProcessObserver } from '../../procfs/process-use.ts'
import { destroyDevice, disableDevice, enableDevice, reshapeDevice } from './device-life.ts'
import { createDeviceNodes, type DeviceNodes } from './device-nodes.ts'
import { discover, discoverRegion } from './discover.ts'
import { createDynamic } from './dynamic-devices.ts'
import { createEndedLives } from './ended-lives.ts'
import { fenceDevice, recoverFences, unfenceDevice } from './fence-device.ts'
import { withHostErrors } from './host-errors.ts'
import type { KernelHost } from './kernel-host.ts'
import { KERNEL_TIMEOUTS, type KernelTimeouts } from './kernel-timeouts.ts'
import { labelRegions } from './label-regions.ts'
import { hasNdRegion } from './nd-bus.ts'
import { observeUsers } from './observe-users.ts'
import { createOneAtATime } from './one-at-a-time.ts'
import { createOpenCounts, type OpenCounts } from './open-counts.ts'
import { createQuietDevices } from './quiet-devices.ts'
import { type RunCommand, runCommand } from './run-command.ts'
import { createStatic } from './static-namespaces.ts'
import { readMemoryBlock } from './system-ram.ts'
import { wipeDevice } from './wipe-device.ts'
import { createBoundedWrite, type WriteSysfs, writeSysfs } from './write-sysfs.ts'

export interface KernelBackendOptions {
  readonly sysRoot?: string
  readonly devRoot?: string
  readonly procRoot?: string
  readonly observer: ProcessObserver
  readonly log: Log
  /** How programs are run; for real by default. */
  readonly run?: RunCommand
  /** How attributes are written; for real by default. */
  readonly write?: WriteSysfs
  /** The nodes in /dev; those under `devRoot` by default. */
  readonly nodes?: DeviceNodes
  /** Which devices' open counts are broken; notes under `devRoot` by default. */
  readonly openCounts?: OpenCounts
  readonly timeouts?: Partial<KernelTimeouts>
  /** Put memory online when a system-ram device is enabled; true by default. */
  readonly onlineMemory?: boolean
  /** Write labels on regions that have none, which loses what is on them; false by default. */
  readonly initLabels?: boolean
}

/**
 * The real host: the dax bus and libnvdimm through sysfs, namespaces through ndctl. Needs root.
 * Fences that a daxd before this one left are ended here.
 *
 * @throws DaxError `backend_failed`, and as `labelRegions` when labels are asked for.
 */
export async function createKernelBackend(options: KernelBackendOptions): Promise<Backend> {
  const timeouts = { ...KERNEL_TIMEOUTS, ...options.timeouts }
  const { devRoot = '/dev', run = runCommand, observer, log } = options
  const { appearMs, toolMs } = timeouts
  const roots = {
    sysRoot: options.sysRoot ?? '/sys',
    procRoot: options.procRoot ?? '/proc',
    devRoot,
  }
  const host: KernelHost = {
    ...roots,
    run,
    write: createBoundedWrite(options.write ?? writeSysfs, timeouts.writeMs),
    observer,
    log,
    timeouts,
    nodes: options.nodes ?? createDeviceNodes({ devRoot, run, appearMs, toolMs }),
    endedLives: createEndedLives(),
    quiet: createQuietDevices(),
    ranges: new Map(),
    bindAlone: createOneAtATime(),
    openCounts: options.openCounts ?? createOpenCounts(roots),
    onlineMemory: options.onlineMemory ?? true,
  }
  const start = { what: 'end the fences of an earlier run', log }
  await withHostErrors(() => recoverFences(host), start)
  if (options.initLabels === true) {
    await withHostErrors(() => labelRegions(host), { what: 'write labels', log })
  }
  return backendOn(host, await readMemoryBlock(host))
}

function backendOn(host: KernelHost, memoryBlock: Bytes | null): Backend {
  const call = <T>(what: string, work: () => Promise<T>): Promise<T> =>
    withHostErrors(work, { what, log: host.log })
  return {
    kind: 'kernel',
    memoryBlock,
    discover: (region) =>
      call('show its devices', () =>
        region === undefined ? discover(host) : discoverRegion(host, region),
      ),
    create: (plan) => call('make a device', () => createDevice(host, plan)),
    reshape: (chardev, shape) =>
      call(`change ${chardev}`, () => reshapeDevice(host, chardev, shape)),
    enable: (chardev) => call(`enable ${chardev}`, () => enableDevice(host, chardev)),
    disable: (chardev) => call(`disable ${chardev}`, () => disableDevice(host, chardev)),
    destroy: (chardev) => call(`remove ${chardev}`, () => destroyDevice(host, chardev)),
    fence: (chardev) => call(`shut ${chardev}`, () => fenceDevice(host, chardev)),
    unfence: (chardev) => call(`open ${chardev}`, () => unfenceDevice(host, chardev)),
    observe: (chardevs) => call('show processes', () => observeUsers(host, chardevs)),
    wipe: (chardev, part, onProgress) =>
      call(`wipe ${chardev}`, () => wipeDevice(host, { chardev, part, onProgress })),
    close: async () => {},
  }
}

function createDevice(host: KernelHost, plan: DevicePlan): Promise<HostDevice> {
  return hasNdRegion(host, plan.region) ? createStatic(host, plan) : createDynamic(host, plan)
}
