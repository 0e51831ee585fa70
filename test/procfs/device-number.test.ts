import { expect, test } from 'vitest'
import { decodeDeviceNumber } from '../../src/procfs/device-number.ts'

// The encodings are python's os.makedev, which is glibc's.
test.each([
  [65024, 254, 0],
  [64772, 253, 4],
  [45, 0, 45],
  [1050668, 8, 300],
  [17592472537200, 5000, 70000],
])('%i is %i:%i as glibc encodes it', (dev, major, minor) => {
  expect(decodeDeviceNumber(dev)).toEqual({ major, minor })
})
