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
 */
export interface QuietDevices {
  note(device: Numbered): void
  forget(chardev: string): void
  has(device: Numbered): boolean
}

/** Nobody is known to be quiet yet. */
export function createQuietDevices(): QuietDevices {
  const numbers = new Map<string, string>()
  return {
    note: ({ chardev, major, minor }) => void numbers.set(chardev, `${major}:${minor}`),
    forget: (chardev) => void numbers.delete(chardev),
    has: ({ chardev, major, minor }) => numbers.get(chardev) === `${major}:${minor}`,
  }
}
