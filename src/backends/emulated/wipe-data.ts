import { type FileHandle, open } from 'node:fs/promises'
import { DaxError } from '../../core/errors.ts'
import { totalSize } from '../../core/extent.ts'
import { add, type Bytes, bytes, MIB } from '../../core/units.ts'
import type { ProgressListener } from '../../ports/backend.ts'
import type { EmulatedHost } from './host.ts'
import { requireDevice } from './host-device.ts'
import { runTool } from './run-tool.ts'
import { settledPath } from './settle.ts'

/** How much is zeroed and read back at once; progress is told after each. */
const WIPE_PIECE_BYTES = 256 * MIB
const PUNCH_TIMEOUT_MS = 60_000

/** How much is read, or written where holes cannot be punched, at once. */
const STEP_BYTES = MIB

/** A part of a device, in bytes from its start. */
interface DevicePart {
  readonly offset: Bytes
  readonly length: Bytes
}

/**
 * Zeroes a part of a device's data, by punching holes where the file system can, else by writing
 * zeros, and reads all of it back. On disk when it resolves. Safe to repeat; users of the device
 * see the zeros.
 *
 * @throws DaxError `no_such_device`, `out_of_range`, `no_space`; `wipe_unverified` when a byte is
 *   not zero, as when somebody who has it mapped writes meanwhile.
 */
export async function wipeData(
  host: EmulatedHost,
  wish: {
    readonly chardev: string
    readonly part: DevicePart
    readonly onProgress: ProgressListener
  },
): Promise<void> {
  const { chardev, part, onProgress } = wish
  const device = await requireDevice(host, chardev)
  const size = totalSize(device.ranges)
  if (add(part.offset, part.length) > size) {
    const detail = `${part.offset} + ${part.length} bytes is beyond the end of ${chardev}.`
    throw new DaxError('out_of_range', detail)
  }
  const path = settledPath(host, device)
  const file = await open(path, 'r+')
  try {
    for (let done = 0; done < part.length; ) {
      const length = bytes(Math.min(WIPE_PIECE_BYTES, part.length - done))
      const piece = { offset: add(part.offset, bytes(done)), length }
      await zeroPiece(host, file, { path, piece })
      done += length
      onProgress(done)
    }
  } finally {
    await file.close()
  }
}

async function zeroPiece(
  host: EmulatedHost,
  file: FileHandle,
  { path, piece }: { readonly path: string; readonly piece: DevicePart },
): Promise<void> {
  if (!(await punchHole(host, path, piece))) await writeZeros(file, piece)
  await file.datasync()
  await verifyZeros(file, piece)
}

/** False where the file system, or this machine, cannot. */
async function punchHole(
  host: EmulatedHost,
  path: string,
  { offset, length }: DevicePart,
): Promise<boolean> {
  const args = ['-p', '-o', String(offset), '-l', String(length), '--', path]
  const tool = { path: host.fallocatePath, args, timeoutMs: PUNCH_TIMEOUT_MS }
  return (await runTool(tool)).kind === 'done'
}

const ZEROS = Buffer.alloc(STEP_BYTES)

async function writeZeros(file: FileHandle, piece: DevicePart): Promise<void> {
  await walk(file, piece, async (there, position) => {
    // Writing zeros into a hole would take the space that a sparse file is there to save.
    if (isZero(there)) return there.length
    return (await file.write(ZEROS, 0, there.length, position)).bytesWritten
  })
}

/**
 * What stands in the file, and not what was asked of it, is what the next user finds. Where the
 * file system has not a single block for the file, there is nothing to be read: pages of zeros
 * would only push others out of the cache, at half a gigabyte a second.
 */
async function verifyZeros(file: FileHandle, piece: DevicePart): Promise<void> {
  if ((await file.stat()).blocks === 0) return
  await walk(file, piece, async (there, position) => {
    if (isZero(there)) return there.length
    const detail = `Near byte ${position} the memory was not zero after it was wiped.`
    throw new DaxError('wipe_unverified', detail)
  })
}

function isZero(there: Buffer): boolean {
  return there.compare(ZEROS, 0, there.length) === 0
}

/** Reads a piece step by step; `step` gives how many of the bytes it has dealt with. */
async function walk(
  file: FileHandle,
  { offset, length }: DevicePart,
  step: (there: Buffer, position: number) => Promise<number>,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(STEP_BYTES)
  for (let done = 0; done < length; ) {
    const position = offset + done
    const most = Math.min(STEP_BYTES, length - done)
    const { bytesRead } = await file.read(buffer, 0, most, position)
    if (bytesRead === 0) throw new DaxError('backend_failed', 'The data of the device are cut.')
    done += await step(buffer.subarray(0, bytesRead), position)
  }
}
