/** A device by name and number. */
interface Numbered {
  readonly chardev: string
  readonly major: number
  readonly minor: number
}

/**
 * Devices of which it is known that nobody holds them, so that the processes need not be looked at
 * again: nobody can open a device while it has no driver, nor, by its path, while its node is
 * hidden. What is known ends with the next bind or with the node of a bound device being shown.
 *
 * A look at the processes takes its time, and is not in the turn of anybody who opens a device: one
 * that began before the device was opened must not say that nobody holds it.
 */
export interface QuietDevices {
  /** The moment at which a look begins: before it is asked whether the device is shut. */
  now(): number
  /** Noted by a look that began at `since`, unless it was forgotten after that. */
  note(device: Numbered, since: number): void
  /** To be called when the device can be opened, not only before. */
  forget(chardev: string): void
  has(device: Numbered): boolean
}

/** Nobody is known to be quiet yet. */
export function createQuietDevices(): QuietDevices {
  const numbers = new Map<string, string>()
  const forgotten = new Map<string, number>()
  let moment = 0
  return {
    now: () => moment,
    note({ chardev, major, minor }, since) {
      if ((forgotten.get(chardev) ?? 0) <= since) numbers.set(chardev, `${major}:${minor}`)
    },
    forget(chardev) {
      moment += 1
      forgotten.set(chardev, moment)
      numbers.delete(chardev)
    },
    has: ({ chardev, major, minor }) => numbers.get(chardev) === `${major}:${minor}`,
  }
}
