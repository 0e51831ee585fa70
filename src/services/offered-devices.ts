import { DaxError } from '../core/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { DeviceSpec, DeviceSpecs } from '../ports/device-specs.ts'
import type { Log } from '../ports/log.ts'
import { createTurns } from './turns.ts'

/** How long one step in the directory is waited for; it is mostly memory. */
const STEP_TIMEOUT_MS = 10_000

/** Which devices container runtimes can find just now, or may be able to. */
export interface OfferedDevices {
  /** Finds what earlier daemons have left; tells in the log when it cannot. */
  load(): Promise<void>
  all(): IterableIterator<string>
  /** Those that hand out this device of the host. */
  naming(chardev: string): string[]
  /** Those that could not be removed when they had to go. */
  stuck(): string[]
  /** @throws DaxError `cdi_failed` (EIO); it may stand all the same, and is known as such. */
  put(spec: DeviceSpec): Promise<void>
  /** False when it could not be removed: it is `stuck`, and the log tells of it. */
  remove(device: string): Promise<boolean>
  /** Those that others have removed; they are not known as offered any more. */
  forgetLost(): Promise<string[]>
}

interface Offer {
  /** Tells one offer of a device from a later one of the same. */
  readonly number: number
  readonly chardev: string
  /** It was seen on the disk, or written there. */
  readonly isThere: boolean
  readonly isStuck: boolean
}

interface OfferedDeps {
  readonly specs: DeviceSpecs
  readonly clock: Clock
  readonly log: Log
}

/**
 * The specifications that may be on the disk. One is known from before its writing begins until
 * its removal has succeeded, so that whoever must take away all that name a device misses none.
 */
export function createOfferedDevices({ specs, clock, log }: OfferedDeps): OfferedDevices {
  const offers = new Map<string, Offer>()
  /** Steps on one device, in order: a late writing never comes after a removal. */
  const turns = createTurns()
  let numbers = 0

  function nextNumber(): number {
    numbers += 1
    return numbers
  }

  /** What is known of a device as it was offered then; nothing once it has been offered anew. */
  function still(device: string, { number }: Pick<Offer, 'number'>): Offer | undefined {
    const offer = offers.get(device)
    return offer?.number === number ? offer : undefined
  }

  async function step<T>(work: Promise<T>): Promise<T> {
    const { promise: expired, reject } = Promise.withResolvers<never>()
    const stop = clock.after(STEP_TIMEOUT_MS, () =>
      reject(new DaxError('backend_timeout', 'The CDI directory does not answer.')),
    )
    try {
      return await Promise.race([work, expired])
    } finally {
      stop()
    }
  }

  return {
    all: () => offers.keys(),
    naming: (name) =>
      [...offers].filter(([, { chardev }]) => chardev === name).map(([device]) => device),
    stuck: () => [...offers].filter(([, { isStuck }]) => isStuck).map(([device]) => device),
    async load() {
      try {
        for (const device of await step(specs.list())) {
          const path = await step(specs.pathOf(device))
          const state = { isThere: true, isStuck: false }
          offers.set(device, { number: nextNumber(), chardev: chardevOf(path ?? ''), ...state })
        }
        await step(specs.sweep())
      } catch (err) {
        log.error({ err }, 'the CDI directory cannot be read')
      }
    },
    async put(spec) {
      const { device } = spec
      const chardev = chardevOf(spec.path)
      const put = { number: nextNumber(), chardev, isThere: false, isStuck: false }
      offers.set(device, put)
      try {
        await step(turns.take(device, () => specs.write(spec)))
      } catch (cause) {
        throw asRefusal(cause)
      }
      const offer = still(device, put)
      if (offer !== undefined) offers.set(device, { ...offer, isThere: true })
    },
    async remove(device) {
      const offer = offers.get(device)
      if (offer === undefined) return true
      try {
        await step(
          turns.take(device, async () => {
            await specs.remove(device)
            // What has been put since is written after this.
            if (still(device, offer) !== undefined) offers.delete(device)
          }),
        )
        return true
      } catch (err) {
        const current = still(device, offer)
        if (current !== undefined) offers.set(device, { ...current, isStuck: true })
        if (!offer.isStuck) log.error({ err, device }, 'a CDI specification cannot be removed')
        return false
      }
    },
    async forgetLost() {
      const before = [...offers].filter(([, { isThere }]) => isThere)
      const there = new Set(await step(specs.list()))
      // One that was put or removed during the look is another offer by now.
      const lost = before.filter(
        ([device, offer]) => !there.has(device) && offers.get(device) === offer,
      )
      for (const [device] of lost) offers.delete(device)
      return lost.map(([device]) => device)
    },
  }
}

/** A device's node is called as the device is, on every host. */
function chardevOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

function asRefusal(cause: unknown): DaxError {
  const { code } = cause as { code?: unknown }
  const why = typeof code === 'string' ? ` (${code})` : ''
  const detail = `The CDI directory cannot be written${why}, so no container could use the claim.`
  return new DaxError('cdi_failed', detail, {}, cause)
}
