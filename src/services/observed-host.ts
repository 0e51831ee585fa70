import { DaxError } from '../core/errors.ts'
import type { Backend } from '../ports/backend.ts'
import type { Clock } from '../ports/clock.ts'

/** A call of the host that has ended. */
export interface HostCall {
  /** The name of the backend's function. */
  readonly call: string
  readonly durationMs: number
  /** How it failed, as the kernel would name it; null for well. */
  readonly errno: string | null
}

/** What is done around a call; it answers what the call answers. */
type Around = <T>(
  call: string,
  about: string | number | undefined,
  work: () => Promise<T>,
) => Promise<T>

/** The same host, which tells of each call when it has ended. */
export function observedHost(
  backend: Backend,
  clock: Pick<Clock, 'monotonic'>,
  onCall: (call: HostCall) => void,
): Backend {
  return aroundHost(backend, async (call, _about, work) => {
    const began = clock.monotonic()
    const tell = (errno: string | null): void =>
      onCall({ call, durationMs: clock.monotonic() - began, errno })
    try {
      const result = await work()
      tell(null)
      return result
    } catch (error) {
      tell(errnoOf(error))
      throw error
    }
  })
}

/** A defect has no errno of its own. */
export function errnoOf(error: unknown): string {
  return error instanceof DaxError ? (error.errno ?? error.code) : 'defect'
}

/** The same host with something around each of its calls. */
export function aroundHost(backend: Backend, around: Around): Backend {
  const { defineRegion, dropRegion } = backend
  return {
    ...backend,
    memoryBlock: backend.memoryBlock,
    discover: (region) => around('discover', region, () => backend.discover(region)),
    observe: (chardevs) => around('observe', chardevs.join(' '), () => backend.observe(chardevs)),
    create: (plan) => around('create', plan.chardev, () => backend.create(plan)),
    reshape: (chardev, shape) => around('reshape', chardev, () => backend.reshape(chardev, shape)),
    enable: (chardev) => around('enable', chardev, () => backend.enable(chardev)),
    disable: (chardev) => around('disable', chardev, () => backend.disable(chardev)),
    destroy: (chardev) => around('destroy', chardev, () => backend.destroy(chardev)),
    fence: (chardev) => around('fence', chardev, () => backend.fence(chardev)),
    unfence: (chardev) => around('unfence', chardev, () => backend.unfence(chardev)),
    wipe: (chardev, part, onProgress) =>
      around('wipe', chardev, () => backend.wipe(chardev, part, onProgress)),
    ...(defineRegion && {
      defineRegion: (region) => around('defineRegion', region.id, () => defineRegion(region)),
    }),
    ...(dropRegion && { dropRegion: (id) => around('dropRegion', id, () => dropRegion(id)) }),
  }
}
