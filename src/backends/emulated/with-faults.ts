import { setTimeout as sleep } from 'node:timers/promises'
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
 * The backend with faults before or after the effects of its calls. What has no fault operation
 * (unfence and the changes of regions) goes through as it is. Closing ends what hangs.
 */
export function withFaults(
  backend: Backend,
  faults: Faults,
  options: { readonly callTimeoutMs?: number } = {},
): Backend {
  const callTimeoutMs = options.callTimeoutMs ?? CALL_TIMEOUT_MS
  const closing = new AbortController()
  async function call<T>(operation: FaultOperation, effect: () => Promise<T>): Promise<T> {
    const faultsOfCall = faults.begin(operation)
    const strike = async (moment: FaultMoment) => {
      const fault = faultsOfCall(moment)
      if (fault === null) return
      await wait(fault.latencyMs, closing.signal)
      if (fault.errno === 'hang') await wait(callTimeoutMs, closing.signal)
      failWith(fault, `${moment} ${operation}`)
    }
    await strike('before')
    const result = await effect()
    await strike('after')
    return result
  }
  return {
    ...backend,
    discover: () => call('discover', () => backend.discover()),
    create: (plan) => call('create', () => backend.create(plan)),
    reshape: (chardev, shape) => call('reshape', () => backend.reshape(chardev, shape)),
    enable: (chardev) => call('enable', () => backend.enable(chardev)),
    disable: (chardev) => call('disable', () => backend.disable(chardev)),
    destroy: (chardev) => call('destroy', () => backend.destroy(chardev)),
    fence: (chardev) => call('fence', () => backend.fence(chardev)),
    observe: (chardevs) => call('observe', () => backend.observe(chardevs)),
    wipe: (chardev, part, onProgress) =>
      call('wipe', () => backend.wipe(chardev, part, onProgress)),
    close() {
      closing.abort()
      return backend.close()
    },
  }
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
