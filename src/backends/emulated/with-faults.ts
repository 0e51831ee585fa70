import { setTimeout as sleep } from 'node:timers/promises'
import { parseChardev } from '../../core/chardev.ts'
import { DaxError, type ErrorCode } from '../../core/errors.ts'
import type { Backend } from '../../ports/backend.ts'
import type { Fault, FaultErrno, FaultMoment, FaultOperation, Faults } from './faults.ts'

/** How long a hanging call takes to fail. */
const CALL_TIMEOUT_MS = 30_000

const CODE_BY_ERRNO = {
  EIO: 'backend_failed',
  EINVAL: 'backend_failed',
  ENOSPC: 'no_space',
  EBUSY: 'busy',
  ENXIO: 'device_disabled',
  hang: 'backend_timeout',
} as const satisfies Record<FaultErrno, ErrorCode>

/**
 * The backend with faults before or after the effects of its calls. Closing ends what hangs, and
 * what has not had its effect by then has none.
 */
export function withFaults(
  backend: Backend,
  faults: Faults,
  options: { readonly callTimeoutMs?: number } = {},
): Backend {
  const callTimeoutMs = options.callTimeoutMs ?? CALL_TIMEOUT_MS
  const closing = new AbortController()
  async function call<T>(
    operation: FaultOperation,
    regions: readonly number[],
    effect: () => Promise<T>,
  ): Promise<T> {
    const faultsOfCall = faults.begin(operation, regions)
    const strike = async (moment: FaultMoment) => {
      const fault = faultsOfCall(moment)
      if (fault === null) return
      await wait(fault.latencyMs, closing.signal)
      if (fault.errno === 'hang') await wait(callTimeoutMs, closing.signal)
      failWith(fault, `${moment} ${operation}`)
      if (closing.signal.aborted) {
        throw new DaxError('backend_timeout', `The host was closed ${moment} ${operation}.`)
      }
    }
    await strike('before')
    const result = await effect()
    await strike('after')
    return result
  }
  const on = <T>(operation: FaultOperation, chardev: string, effect: () => Promise<T>) =>
    call(operation, regionsOf([chardev]), effect)
  const { defineRegion, dropRegion } = backend
  return {
    ...backend,
    discover: (region) => call('discover', [], () => backend.discover(region)),
    create: (plan) => call('create', [plan.region], () => backend.create(plan)),
    reshape: (chardev, shape) => on('reshape', chardev, () => backend.reshape(chardev, shape)),
    enable: (chardev) => on('enable', chardev, () => backend.enable(chardev)),
    disable: (chardev) => on('disable', chardev, () => backend.disable(chardev)),
    destroy: (chardev) => on('destroy', chardev, () => backend.destroy(chardev)),
    fence: (chardev) => on('fence', chardev, () => backend.fence(chardev)),
    unfence: (chardev) => on('unfence', chardev, () => backend.unfence(chardev)),
    observe: (chardevs) => call('observe', regionsOf(chardevs), () => backend.observe(chardevs)),
    wipe: (chardev, part, onProgress) =>
      on('wipe', chardev, () => backend.wipe(chardev, part, onProgress)),
    ...(defineRegion && {
      defineRegion: (region) => call('defineRegion', [region.id], () => defineRegion(region)),
    }),
    ...(dropRegion && { dropRegion: (id) => call('dropRegion', [id], () => dropRegion(id)) }),
    close() {
      closing.abort()
      return backend.close()
    },
  }
}

function regionsOf(chardevs: readonly string[]): number[] {
  return chardevs.flatMap((chardev) => parseChardev(chardev)?.region ?? [])
}

function failWith(fault: Fault, place: string): void {
  if (fault.errno === null) return
  const what = fault.errno === 'hang' ? 'no answer in time' : fault.errno
  throw new DaxError(CODE_BY_ERRNO[fault.errno], `Injected fault: ${what}, ${place}.`)
}

/** Waits, or stops waiting when the backend is closed. */
async function wait(delayMs: number, signal: AbortSignal): Promise<void> {
  if (delayMs === 0 || signal.aborted) return
  await sleep(delayMs, undefined, { signal }).catch(() => undefined)
}
