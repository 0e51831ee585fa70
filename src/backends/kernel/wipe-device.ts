import { DaxError } from '../../core/errors.ts'
import { add, type Bytes, GIB } from '../../core/units.ts'
import type { ProgressListener } from '../../ports/backend.ts'
import { bindDriver, unbindDriver } from './bind-driver.ts'
import { type BusDevice, requireBusDevice } from './dax-bus.ts'
import { mendOpenCount } from './device-life.ts'
import { isEnabled, modeOf } from './device-mode.ts'
import { shutNode } from './fence-device.ts'
import type { KernelHost } from './kernel-host.ts'
import { refuseStaleHolders } from './observe-users.ts'

/** How much is zeroed by one call of daxio; progress is told after each. */
const WIPE_PIECE_BYTES = GIB

/** What the shell around the two programs has beyond their time, in milliseconds. */
const READ_BACK_GRACE_MS = 5000

export interface WipeWish {
  readonly chardev: string
  readonly part: { readonly offset: Bytes; readonly length: Bytes }
  readonly onProgress: ProgressListener
}

/**
 * Zeroes a part of a device with daxio, which maps it: device-dax has no write(2), nor read(2), so
 * that daxio also reads every byte back. A disabled device is given its driver for the time, with a
 * node for root alone.
 *
 * @throws DaxError `no_such_device`, `out_of_range`; `unsupported` without daxio or for system
 *   memory; `stale_holders` for a disabled device that somebody still has open; `wipe_unverified`;
 *   `backend_timeout`.
 */
export async function wipeDevice(host: KernelHost, wish: WipeWish): Promise<void> {
  const device = await requireBusDevice(host, wish.chardev)
  if (add(wish.part.offset, wish.part.length) > device.size) {
    const detail = `The part to wipe is beyond the end of ${wish.chardev}.`
    throw new DaxError('out_of_range', detail)
  }
  if (device.driver !== null && device.driver !== 'device_dax') {
    throw new DaxError('unsupported', `${wish.chardev} is in use as ${await modeOf(host, device)}.`)
  }
  if (isEnabled(device)) return wipeBound(host, device, wish)
  await refuseStaleHolders(host, device)
  // daxio finds a device by its node in /dev alone; the stand-in is for root.
  await host.nodes.hide(device)
  await host.nodes.standIn(device)
  const bound = await bindDriver(host, device, 'device_dax')
  try {
    await mendOpenCount(host, bound)
    await wipeBound(host, bound, wish)
  } finally {
    await unbindDriver(host, bound)
    await shutNode(host, bound)
  }
}

async function wipeBound(
  host: KernelHost,
  device: BusDevice,
  { part, onProgress }: WipeWish,
): Promise<void> {
  const path = await host.nodes.pathOf(device)
  for (let done = 0; done < part.length; ) {
    const length = Math.min(WIPE_PIECE_BYTES, part.length - done)
    const [start, size] = [String(part.offset + done), String(length)]
    await zero(host, ['-z', '-o', path, '-s', start, '-l', size])
    // Half of the piece's work is done, so that it is seen to go on.
    onProgress(done)
    await verify(host, path, [start, size])
    done += length
    onProgress(done)
  }
}

async function zero(host: KernelHost, args: readonly string[]): Promise<void> {
  const outcome = await host.run('daxio', args, host.timeouts.wipePieceMs)
  if (outcome.kind === 'done') return
  host.log.warn({ command: 'daxio', args, outcome }, 'a command failed')
  switch (outcome.kind) {
    case 'missing':
      throw new DaxError(
        'unsupported',
        'Wiping needs daxio: apt-get install pmdk-tools (Debian), dnf install daxio (Fedora).',
      )
    case 'timed-out':
      throw new DaxError('backend_timeout', 'Zeroing a piece of the device took too long.')
    case 'failed':
      throw new DaxError('backend_failed', 'daxio could not zero the device.')
  }
}

/**
 * Both programs end by themselves when the time is over: killing a shell leaves its children. cmp
 * compares exactly the bytes of the piece; when daxio gives fewer, it says so. What is left out of
 * the input is `-k`; `-s` is of the output.
 */
const READ_BACK =
  'timeout -s KILL "$4" daxio -i "$1" -k "$2" -l "$3" | timeout -s KILL "$4" cmp -n "$3" - /dev/zero'

async function verify(
  host: KernelHost,
  path: string,
  [start, size]: readonly [string, string],
): Promise<void> {
  const limitMs = host.timeouts.wipePieceMs
  const args = ['-c', READ_BACK, 'sh', path, start, size, String(Math.ceil(limitMs / 1000))]
  const outcome = await host.run('sh', args, limitMs + READ_BACK_GRACE_MS)
  if (outcome.kind === 'done') return
  host.log.warn({ command: 'sh', args, outcome }, 'a command failed')
  if (outcome.kind === 'timed-out') {
    throw new DaxError('backend_timeout', 'Reading a piece of the device back took too long.')
  }
  throw new DaxError('wipe_unverified', 'A piece of the device did not read as zero once wiped.')
}
