import { stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Metrics } from '../plugins/metrics-registry.ts'

/** How often the directory is looked at. */
const LOOK_INTERVAL_MS = 5_000

interface Room {
  readonly free: number
  readonly size: number
  readonly ledger: number
}

/**
 * Tells how much room the file system of the state directory has; the result ends that. Looked at
 * beside the requests for metrics: a disk that hangs must not keep them from being answered. While
 * a look hangs, what the last one saw is not told any more.
 */
export function watchStateDirectory(metrics: Metrics, directory: string): () => void {
  let seen: Room | null = null
  let isLooking = false
  const gauge = (name: string, help: string, value: (room: Room) => number): void =>
    metrics.gauge({ name, help }, () => (seen === null ? [] : [{ value: value(seen) }]))
  gauge(
    'daxd_state_directory_available_bytes',
    'Bytes that daxd can still write to the file system of its state directory.',
    ({ free }) => free,
  )
  gauge('daxd_state_directory_size_bytes', 'Size of that file system.', ({ size }) => size)
  gauge('daxd_ledger_size_bytes', 'Bytes of the ledger and its log.', ({ ledger }) => ledger)

  async function look(): Promise<void> {
    if (isLooking) {
      seen = null
      return
    }
    isLooking = true
    try {
      seen = await roomOf(directory)
    } catch {
      seen = null
    } finally {
      isLooking = false
    }
  }

  void look()
  const looks = setInterval(() => void look(), LOOK_INTERVAL_MS).unref()
  return () => clearInterval(looks)
}

async function roomOf(directory: string): Promise<Room> {
  const { bavail, blocks, bsize } = await statfs(directory)
  const files = ['ledger.db', 'ledger.db-wal'].map(async (name) => {
    const found = await stat(join(directory, name)).catch(() => null)
    return found?.size ?? 0
  })
  const [file = 0, log = 0] = await Promise.all(files)
  return { free: bavail * bsize, size: blocks * bsize, ledger: file + log }
}
