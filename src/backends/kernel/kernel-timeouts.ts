/** How long each wait of the kernel backend lasts at most, in milliseconds. */
export interface KernelTimeouts {
  /**
   * A write to a sysfs attribute; taking a memory block offline can be slow, and unbinding waits
   * for pinned pages, so it can hang for ever.
   */
  readonly writeMs: number
  /** One call of ndctl. */
  readonly ndctlMs: number
  /** For devtmpfs to show a device node, or for a device to come up on the dax bus. */
  readonly appearMs: number
  /** For the blocks of a system-ram device to show up. */
  readonly blocksMs: number
  /** A small tool such as mknod. */
  readonly toolMs: number
  /** One piece of wiping. */
  readonly wipePieceMs: number
  /**
   * For others to be done with a disabled device of several ranges before these are read: whoever
   * destroys a device disables it first and empties it at once, a script within a second.
   */
  readonly settleMs: number
}

export const KERNEL_TIMEOUTS: KernelTimeouts = {
  writeMs: 60_000,
  ndctlMs: 60_000,
  appearMs: 5_000,
  blocksMs: 10_000,
  toolMs: 5_000,
  wipePieceMs: 60_000,
  settleMs: 1_000,
}

/** Pause between two looks at something that is waited for. */
const POLL_PAUSE_MS = 10

/** Asks until `look` gives something else than null; null when the time is over. */
export async function waitFor<T>(
  look: () => Promise<T | null>,
  timeoutMs: number,
): Promise<T | null> {
  const end = performance.now() + timeoutMs
  for (;;) {
    const found = await look()
    if (found !== null || performance.now() >= end) return found
    await new Promise((resolve) => setTimeout(resolve, POLL_PAUSE_MS))
  }
}
