import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Log } from '../../ports/log.ts'
import { readBind } from './device-bind.ts'
import { listNames, readLinkName, readText, readTextNow } from './read-sysfs.ts'
import { daxDevicesPath, ndDevicesPath } from './sysfs-paths.ts'

/**
 * Of so many looks one is told of though it found nothing new: what daxd has made and somebody has
 * destroyed between two looks leaves no trace in either.
 */
const LOOKS_UNTIL_TOLD = 8

/** Twice a second: a change is known within a second of happening. */
const WATCH_INTERVAL_MS = 500

/** A size that is not shown by then waits for a change that hangs: it is left out. */
const SIZE_MS_MAX = 250

export interface WatchHostOptions {
  /** Called after each look that found something else than the one before, and now and then. */
  readonly onChange: () => void
  readonly log: Log
  readonly sysRoot?: string
  readonly intervalMs?: number
}

/**
 * Notices devices that appear, vanish or change their size or driver, by daxd or behind its back,
 * and namespaces that come and go. Looks never overlap. The result stops it.
 */
export function watchHost(options: WatchHostOptions): () => void {
  const { onChange, log, sysRoot = '/sys', intervalMs = WATCH_INTERVAL_MS } = options
  let last: string | null = null
  let untold = 0
  const hung = new Set<string>()
  let stopped = false
  let timer: NodeJS.Timeout | null = null

  async function look(): Promise<void> {
    try {
      const now = await fingerprint({ sysRoot, hung })
      if (stopped) return
      const isNews = last !== null && (now !== last || untold >= LOOKS_UNTIL_TOLD)
      last = now
      untold = isNews ? 0 : untold + 1
      if (isNews) onChange()
    } catch (err) {
      log.warn({ err }, 'the host could not be looked at')
    }
    if (!stopped) timer = setTimeout(again, intervalMs).unref()
  }

  function again(): void {
    // It catches its own failures.
    void look()
  }

  again()
  return () => {
    stopped = true
    if (timer !== null) clearTimeout(timer)
  }
}

interface Watched {
  readonly sysRoot: string
  /** The devices whose size has been asked for and not yet shown. */
  readonly hung: Set<string>
}

async function fingerprint(host: Watched): Promise<string> {
  const directory = daxDevicesPath(host)
  const facts = await Promise.all(
    listNames(directory).map(async (name) => {
      const path = join(directory, name)
      const [align, driver] = [readTextNow(path, 'align'), readLinkName(path, 'driver')]
      // What a driver has keeps its size, so that its bind tells as much and waits for nothing.
      const size = readBind(path)?.toString() ?? (await sizeOf(host, name, path))
      return [name, size, align, driver]
    }),
  )
  return JSON.stringify([facts, listNames(ndDevicesPath(host))])
}

async function sizeOf({ hung }: Watched, name: string, path: string): Promise<string | null> {
  if (hung.has(name)) return 'hung'
  hung.add(name)
  const shown = readText(path, 'size').finally(() => hung.delete(name))
  return Promise.race([shown, sleep(SIZE_MS_MAX, 'hung', { ref: false })])
}
