import { invariant } from '../core/invariant.ts'

/** A device number in its two parts. */
export interface DeviceNumber {
  readonly major: number
  readonly minor: number
}

/**
 * Takes the `dev` or `rdev` of stat(2) apart. Arithmetic, because bit operators cut at 32 bits.
 * Source: glibc's sys/sysmacros.h: minor bits 0..7 and 20..43, major bits 8..19 and 44..63.
 */
export function decodeDeviceNumber(dev: number): DeviceNumber {
  invariant(Number.isSafeInteger(dev) && dev >= 0, 'a device number is an exact integer', dev)
  const low = dev % 2 ** 8
  const middle = Math.floor(dev / 2 ** 8) % 2 ** 12
  const high = Math.floor(dev / 2 ** 20) % 2 ** 24
  const top = Math.floor(dev / 2 ** 44)
  return { major: top * 2 ** 12 + middle, minor: high * 2 ** 8 + low }
}
