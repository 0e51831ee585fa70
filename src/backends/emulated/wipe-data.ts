import { type FileHandle, open } from 'node:fs/promises'
import { DaxError } from '../../core/errors.ts'
import { totalSize } from '../../core/extent.ts'
import { add, type Bytes, GIB, MIB } from '../../core/units.ts'
import type { ProgressListener } from '../../ports/backend.ts'
import type { EmulatedHost } from './host.ts'
import { requireDevice } from './host-device.ts'
import { runTool } from './run-tool.ts'
import { settledPath } from './settle.ts'

/** How much is punched out by one call of fallocate(1); progress is told after each. */
const PUNCH_PIECE_BYTES = 4 * GIB
const PUNCH_TIMEOUT_MS = 60_000

/** How much is written at once where holes cannot be punched. */
const ZERO_PIECE_BYTES = MIB

/** A part of a device, in bytes from its start. */
interface DevicePart {
  readonly offset: Bytes
  readonly length: Bytes
}

/**
 * Zeroes a part of a device's data, by punching holes where the file system can, else by writing
 * zeros. On disk when it resolves. Safe to repeat; users of the device see the zeros.
 *
 * @throws DaxError `no_such_device`, `out_of_range`, `no_space`.
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
    const punched = await punchHoles(host, { path, part, onProgress })
    if (punched < part.length) await writeZeros({ file, part, punched, onProgress })
    await file.datasync()
  } finally {
    await file.close()
  }
}

/** Gives how many bytes from the part's start are holes now; less than all where it cannot. */
async function punchHoles(
  host: EmulatedHost,
  wish: {
    readonly path: string
    readonly part: DevicePart
    readonly onProgress: ProgressListener
  },
): Promise<number> {
  const { path, part, onProgress } = wish
  for (let done = 0; done < part.length; ) {
    const length = Math.min(PUNCH_PIECE_BYTES, part.length - done)
    const args = ['-p', '-o', String(part.offset + done), '-l', String(length), '--', path]
    const tool = { path: host.fallocatePath, args, timeoutMs: PUNCH_TIMEOUT_MS }
    if ((await runTool(tool)).kind !== 'done') return done
    done += length
    onProgress(done)
  }
  return part.length
}

async function writeZeros(wish: {
  readonly file: FileHandle
  readonly part: DevicePart
  readonly punched: number
  readonly onProgress: ProgressListener
}): Promise<void> {
  const { file, part, punched, onProgress } = wish
  const zeros = Buffer.alloc(ZERO_PIECE_BYTES)
  const there = Buffer.alloc(ZERO_PIECE_BYTES)
  for (let done = punched; done < part.length; ) {
    const length = Math.min(ZERO_PIECE_BYTES, part.length - done)
    const position = part.offset + done
    const { bytesRead } = await file.read(there, 0, length, position)
    if (bytesRead === 0) throw new DaxError('backend_failed', 'The data of the device are cut.')
    // Writing zeros into a hole would take the space that a sparse file is there to save.
    const isZero = there.compare(zeros, 0, bytesRead, 0, bytesRead) === 0
    done += isZero ? bytesRead : (await file.write(zeros, 0, bytesRead, position)).bytesWritten
    onProgress(done)
  }
}
