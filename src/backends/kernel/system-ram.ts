import { join } from 'node:path'
import { DaxError } from '../../core/errors.ts'
import { type Extent, endOf } from '../../core/extent.ts'
import { alignDown, alignUp, type Bytes, bytes } from '../../core/units.ts'
import { bindDriver, unbindDriver } from './bind-driver.ts'
import type { BusDevice } from './dax-bus.ts'
import { hostRefusal, nullIfGone } from './host-errors.ts'
import type { KernelHost } from './kernel-host.ts'
import { waitFor } from './kernel-timeouts.ts'
import { listNames, readText } from './read-sysfs.ts'
import { driverPath, memoryPath } from './sysfs-paths.ts'

/** New memory is made movable, else it could hardly ever be taken back. */
const ONLINE_STATE = 'online_movable'

/**
 * Makes a disabled device system memory, put online unless the host is told not to. Undone when
 * a step fails.
 *
 * The driver is not loaded by daxd: on a kernel where it is the default of dynamic regions it would
 * take every disabled device at once.
 *
 * @throws DaxError `no_memory_block`, `unsupported` without the driver, `backend_failed`.
 */
export async function enableSystemRam(host: KernelHost, device: BusDevice): Promise<BusDevice> {
  const { chardev } = device
  if (listNames(driverPath(host, 'kmem')).length === 0) {
    const detail = 'Memory cannot become system RAM: the kernel module kmem is not loaded.'
    throw new DaxError('unsupported', detail)
  }
  const blocks = await blocksOf(host, device)
  if (blocks.length === 0) {
    throw new DaxError('no_memory_block', `No range of ${chardev} holds a whole memory block.`)
  }
  try {
    const bound = await bindDriver(host, device, 'kmem')
    if (!host.onlineMemory) return bound
    await waitForBlocks(host, blocks)
    for (const block of blocks) await setOnline(host, block)
    host.log.info({ chardev, blocks: blocks.length, driver: bound.driver }, 'memory online')
    return bound
  } catch (error) {
    await disableSystemRam(host, { ...device, driver: 'kmem' }).catch((err: unknown) => {
      host.log.error({ err, chardev }, 'a device half made system memory stays so')
    })
    throw error
  }
}

/**
 * Takes system memory back from the kernel. Each block goes offline first: a driver taken off a
 * device whose memory is online leaves memory that cannot be had back until a reboot.
 *
 * @throws DaxError `busy` (EBUSY) when a block is in use; those taken offline are online again.
 */
export async function disableSystemRam(host: KernelHost, device: BusDevice): Promise<void> {
  const blocks = await blocksOf(host, device)
  const done: string[] = []
  try {
    for (const block of blocks) if (await setOffline(host, block)) done.push(block)
    await requireOffline(host, device.chardev, blocks)
  } catch (error) {
    for (const block of done) {
      await setOnline(host, block).catch((err: unknown) => {
        host.log.error({ err, block }, 'a memory block could not be put back online')
      })
    }
    throw error
  }
  await unbindDriver(host, device)
}

/**
 * How large a block of memory is that is put online or taken offline, null without memory hotplug.
 * Source: Documentation/ABI/testing/sysfs-devices-memory `block_size_bytes`, hex without 0x.
 */
export async function readMemoryBlock(host: { readonly sysRoot: string }): Promise<Bytes | null> {
  const text = await readText(memoryPath(host), 'block_size_bytes')
  const size = Number.parseInt(text ?? '', 16)
  return Number.isSafeInteger(size) && size > 0 ? bytes(size) : null
}

/** The names `memoryN` of the whole blocks inside a device's ranges. */
async function blocksOf(host: KernelHost, { ranges }: BusDevice): Promise<string[]> {
  const size = await readMemoryBlock(host)
  if (size === null) {
    throw new DaxError('unsupported', 'The kernel has no memory hotplug (CONFIG_MEMORY_HOTPLUG).')
  }
  return ranges.flatMap((range) => blocksIn(range, size))
}

/** Source: drivers/dax/kmem.c `dax_kmem_range`: trimmed inward to blocks. */
function blocksIn(range: Extent, size: Bytes): string[] {
  const names: string[] = []
  const end = alignDown(endOf(range), size)
  for (let at: number = alignUp(range.start, size); at < end; at += size) {
    names.push(`memory${at / size}`)
  }
  return names
}

function stateOf(host: KernelHost, block: string): Promise<string | null> {
  return readText(join(memoryPath(host), block), 'state')
}

async function waitForBlocks(host: KernelHost, blocks: readonly string[]): Promise<void> {
  const allThere = async () => {
    const states = await Promise.all(blocks.map((block) => stateOf(host, block)))
    return states.includes(null) ? null : true
  }
  if ((await waitFor(allThere, host.timeouts.blocksMs)) !== null) return
  throw new DaxError('backend_timeout', 'The kernel did not show the new memory blocks in time.')
}

async function setOnline(host: KernelHost, block: string): Promise<void> {
  if ((await stateOf(host, block)) === 'online') return
  const path = join(memoryPath(host), block, 'state')
  try {
    await host.write(path, ONLINE_STATE)
  } catch (error) {
    // A rule of udev may have been faster.
    if ((await stateOf(host, block)) === 'online') return
    throw hostRefusal(error, { what: 'put a memory block online', path, log: host.log })
  }
}

/** True when the block was online; a block that is not there is no memory any more. */
async function setOffline(host: KernelHost, block: string): Promise<boolean> {
  const state = await stateOf(host, block)
  if (state === null || state === 'offline') return false
  const path = join(memoryPath(host), block, 'state')
  try {
    await nullIfGone(host.write(path, 'offline'))
  } catch (error) {
    const meaning = { EBUSY: 'busy', EAGAIN: 'busy', EINTR: 'busy' } as const
    const what = `take ${block} offline, which the system uses`
    throw hostRefusal(error, { what, path, meaning, log: host.log })
  }
  return true
}

async function requireOffline(
  host: KernelHost,
  chardev: string,
  blocks: readonly string[],
): Promise<void> {
  for (const block of blocks) {
    const state = await stateOf(host, block)
    if (state === null || state === 'offline') continue
    throw new DaxError('busy', `${block} of ${chardev} is ${state}; it must be offline first.`)
  }
}
