import { parseChardev } from '../core/chardev.ts'
import { DaxError } from '../core/errors.ts'
import type { Backend, ProgressListener } from '../ports/backend.ts'
import type { Clock } from '../ports/clock.ts'
import type { Log } from '../ports/log.ts'
import { REGION_SET } from './region-queues.ts'

/** How long each kind of call of the host is waited for. */
export interface HostBounds {
  /** A change, in milliseconds; more than any single wait of a backend (60 s). */
  readonly changeMs: number
  /** A look at the host or at its processes, in milliseconds. */
  readonly lookMs: number
}

export const HOST_BOUNDS: HostBounds = { changeMs: 90_000, lookMs: 30_000 }

/** Looks that were given up and have not returned; with more, the host is asked no further. */
const LATE_LOOKS_MAX = 16

/** When callers that a hung host has refused may ask again, in seconds. */
const RETRY_AFTER_S = 5

/** How the host answers. */
export interface HostFigures {
  /** Regions that take no change since one of theirs has not returned. */
  readonly hungRegions: ReadonlySet<number>
  /** Looks that were given up and have not returned. */
  readonly lateLooks: number
}

/** The host with a bound on every wait for it. */
export interface BoundedHost {
  /**
   * The same calls. One that takes too long rejects with `backend_timeout`; nobody can take it
   * back, so until it returns every further change of its region is refused with `host_hung`.
   */
  readonly backend: Backend
  /** @throws DaxError `host_hung` (EAGAIN, 503) while a change of the region has not returned. */
  requireAnswering(region: number): void
  /** Tells of each region whether none of its changes has been hung or returned late ever since. */
  watch(): (region: number) => boolean
  /** Tells of a change that was given up and has returned now, well or badly. */
  onReturned(listener: (region: number) => void): void
  figures(): HostFigures
  /** For the end of daxd: whatever is still waited for after `afterMs` is given up. */
  giveUp(afterMs: number): void
}

interface Call {
  readonly what: string
  /** Null for what only looks. */
  readonly region: number | null
  readonly boundMs: number
}

interface BoundedHostDeps {
  readonly backend: Backend
  readonly clock: Clock
  readonly log: Log
  readonly bounds?: HostBounds
}

/**
 * Bounds each call of a backend. What a hung call does in the end is not known before it returns:
 * meanwhile nothing is decided on what the host shows of its region, and nothing else is asked of
 * the region, so that a late effect meets the state that it was meant for.
 */
export function createBoundedHost(deps: BoundedHostDeps): BoundedHost {
  const { backend, bounds = HOST_BOUNDS } = deps
  const late = createLateCalls(deps)
  const { bound } = late
  const { changeMs, lookMs: boundMs } = bounds
  const look = <T>(what: string, work: () => Promise<T>): Promise<T> =>
    bound({ what, region: null, boundMs }, work)
  const change = <T>(what: string, chardev: string, work: () => Promise<T>): Promise<T> =>
    bound({ what, region: parseChardev(chardev)?.region ?? REGION_SET, boundMs: changeMs }, work)
  const set = <T>(what: string, region: number, work: () => Promise<T>): Promise<T> =>
    bound({ what, region, boundMs: changeMs }, work)
  const { defineRegion, dropRegion } = backend
  return {
    ...late,
    backend: {
      ...backend,
      memoryBlock: backend.memoryBlock,
      discover: (region) => look('discover', () => backend.discover(region)),
      observe: (chardevs) => look('observe', () => backend.observe(chardevs)),
      create: (plan) => change('create', plan.chardev, () => backend.create(plan)),
      reshape: (chardev, shape) =>
        change('reshape', chardev, () => backend.reshape(chardev, shape)),
      enable: (chardev) => change('enable', chardev, () => backend.enable(chardev)),
      disable: (chardev) => change('disable', chardev, () => backend.disable(chardev)),
      destroy: (chardev) => change('destroy', chardev, () => backend.destroy(chardev)),
      fence: (chardev) => change('fence', chardev, () => backend.fence(chardev)),
      unfence: (chardev) => change('unfence', chardev, () => backend.unfence(chardev)),
      wipe(chardev, part, onProgress) {
        const region = parseChardev(chardev)?.region ?? REGION_SET
        return bound({ what: 'wipe', region, boundMs: changeMs }, (alive) => {
          const told: ProgressListener = (done) => {
            alive()
            onProgress(done)
          }
          return backend.wipe(chardev, part, told)
        })
      },
      ...(defineRegion && {
        defineRegion: (region) => set('definition', REGION_SET, () => defineRegion(region)),
      }),
      ...(dropRegion && { dropRegion: (id) => set('drop', id, () => dropRegion(id)) }),
    },
  }
}

type LateCalls = Omit<BoundedHost, 'backend'> & {
  /** `work` may call `alive` to show that it goes on; its time begins anew then. */
  bound<T>(call: Call, work: (alive: () => void) => Promise<T>): Promise<T>
}

function createLateCalls({ clock, log }: BoundedHostDeps): LateCalls {
  /** Changes that were given up and have not returned, by region. */
  const hung = new Map<number, string>()
  const upsets = new Map<number, number>()
  const listeners: ((region: number) => void)[] = []
  const waiting = new Set<() => void>()
  let lateLooks = 0
  let isOver = false

  function requireAnswering(region: number): void {
    const what = hung.get(region)
    if (what !== undefined) throw stillBusy(region, what)
  }

  function refuse({ region }: Call): void {
    if (isOver) throw new DaxError('shutting_down', 'The service is stopping.')
    if (region !== null) requireAnswering(region)
    else if (lateLooks >= LATE_LOOKS_MAX) {
      const detail = `${lateLooks} looks at the host have not returned.`
      throw new DaxError('host_hung', detail, { retry_after_s: RETRY_AFTER_S })
    }
  }

  function upset(region: number): void {
    upsets.set(region, (upsets.get(region) ?? 0) + 1)
  }

  /** From now on the call is nobody's; what comes of it is told when it comes. */
  function abandon({ what, region }: Call, work: Promise<unknown>): void {
    if (region === null) lateLooks += 1
    else {
      hung.set(region, what)
      upset(region)
    }
    log.error({ what, region }, 'the host does not answer')
    const over = (err: unknown): void => {
      log.warn({ what, region, ...(err === null ? {} : { err }) }, 'the host has answered late')
      if (region === null) {
        lateLooks -= 1
        return
      }
      hung.delete(region)
      upset(region)
      for (const listener of listeners) listener(region)
    }
    work.then(() => over(null), over)
  }

  return {
    requireAnswering,
    watch() {
      const busy = new Set(hung.keys())
      const before = new Map(upsets)
      return (region) => !busy.has(region) && upsets.get(region) === before.get(region)
    },
    onReturned: (listener) => void listeners.push(listener),
    figures: () => ({ hungRegions: new Set(hung.keys()), lateLooks }),
    giveUp(afterMs) {
      clock.after(afterMs, () => {
        isOver = true
        for (const end of [...waiting]) end()
      })
    },
    async bound(call, begin) {
      refuse(call)
      const { promise: expired, reject } = Promise.withResolvers<never>()
      let stop = (): void => undefined
      const end = (): void => {
        abandon(call, work)
        reject(new DaxError('backend_timeout', `The host has not answered: ${call.what}.`))
      }
      const restart = (): void => {
        stop()
        if (waiting.has(end)) stop = clock.after(call.boundMs, end)
      }
      waiting.add(end)
      const work = begin(restart)
      restart()
      try {
        return await Promise.race([work, expired])
      } finally {
        waiting.delete(end)
        stop()
      }
    },
  }
}

function stillBusy(region: number, what: string): DaxError {
  const where = region === REGION_SET ? 'The host' : `Region ${region}`
  return new DaxError('host_hung', `${where} is still busy with an earlier ${what}.`, {
    retry_after_s: RETRY_AFTER_S,
  })
}
