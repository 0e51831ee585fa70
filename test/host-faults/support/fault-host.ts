import { createFaults } from '../../../src/backends/emulated/faults.ts'
import { withFaults } from '../../../src/backends/emulated/with-faults.ts'
import type { Backend } from '../../../src/ports/backend.ts'

/** Every call of the host that can go wrong. */
export type Method = Exclude<keyof Backend, 'kind' | 'close'>

/** How one call goes wrong. A call that hangs has its effect, or its answer, only when released. */
export const WAYS = ['fails before', 'fails after', 'hangs before', 'hangs after'] as const
export type Way = (typeof WAYS)[number]

/** Which of the calls from now on goes wrong, counted from 0. */
export interface Fault {
  readonly at: number
  readonly way: Way
}

/** A host whose calls are counted, and one of whose calls goes wrong when it is told so. */
export interface FaultHost {
  readonly backend: Backend
  /** Forgets the calls of before; the fault is for those that come. */
  arm(fault: Fault | null): void
  /** The calls since then, in their order. */
  calls(): readonly Method[]
  /** Lets the call that hangs go on, and hangs nothing more. */
  release(): void
  /** How many calls have begun and not ended. */
  running(): number
  /** How many faults have struck so far. */
  struck(): number
}

interface FaultHostOptions {
  /** Called, before anything is waited for, when a call begins that will hang. */
  readonly onHang: () => void
}

const FAILING = {
  'fails before': failing('before'),
  'fails after': failing('after'),
}

function failing(when: 'before' | 'after') {
  return { operation: '*', when, probability: 1, errno: 'EIO' } as const
}

/**
 * The calls go to the host that is real now (a reboot opens another); those that fail do so by the
 * product's own fault injection.
 */
export function createFaultHost(realNow: () => Backend, { onHang }: FaultHostOptions): FaultHost {
  let fault: Fault | null = null
  let seen: Method[] = []
  let running = 0
  let struck = 0
  let gate = Promise.withResolvers<void>()

  function route(way: Way): Backend {
    const real = realNow()
    if (way === 'fails before' || way === 'fails after') {
      return withFaults(real, createFaults({ seed: 1, rules: [FAILING[way]] }))
    }
    return real
  }

  async function call<T>(method: Method, effect: (on: Backend) => Promise<T>): Promise<T> {
    const at = seen.push(method) - 1
    if (fault === null || fault.at !== at) return effect(realNow())
    const { way } = fault
    struck += 1
    const until = gate.promise
    if (way.startsWith('hangs')) onHang()
    if (way === 'hangs before') await until
    const result = await effect(route(way))
    if (way === 'hangs after') await until
    return result
  }

  async function counted<T>(method: Method, effect: (on: Backend) => Promise<T>): Promise<T> {
    running += 1
    try {
      return await call(method, effect)
    } finally {
      running -= 1
    }
  }

  return {
    backend: allOf(realNow, counted),
    arm(next) {
      fault = next
      seen = []
    },
    calls: () => seen,
    release() {
      fault = null
      gate.resolve()
      gate = Promise.withResolvers<void>()
    },
    running: () => running,
    struck: () => struck,
  }
}

function allOf(
  realNow: () => Backend,
  call: <T>(method: Method, effect: (on: Backend) => Promise<T>) => Promise<T>,
): Backend {
  return {
    ...realNow(),
    discover: () => call('discover', (on) => on.discover()),
    create: (plan) => call('create', (on) => on.create(plan)),
    reshape: (chardev, shape) => call('reshape', (on) => on.reshape(chardev, shape)),
    enable: (chardev) => call('enable', (on) => on.enable(chardev)),
    disable: (chardev) => call('disable', (on) => on.disable(chardev)),
    destroy: (chardev) => call('destroy', (on) => on.destroy(chardev)),
    fence: (chardev) => call('fence', (on) => on.fence(chardev)),
    unfence: (chardev) => call('unfence', (on) => on.unfence(chardev)),
    observe: (chardevs) => call('observe', (on) => on.observe(chardevs)),
    wipe: (chardev, part, told) => call('wipe', (on) => on.wipe(chardev, part, told)),
    defineRegion: (region) =>
      call('defineRegion', async (on) => {
        await on.defineRegion?.(region)
      }),
    dropRegion: (id) =>
      call('dropRegion', async (on) => {
        await on.dropRegion?.(id)
      }),
  }
}
