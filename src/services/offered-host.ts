import type { Backend } from '../ports/backend.ts'
import type { ClaimSpecs } from './claim-specs.ts'

/**
 * The same host, of which no device is shut, changed or taken away before container runtimes have
 * ceased to find it, and none is made openable that they would find for somebody else. Here and
 * not with each caller, so that no way to change a device can forget it.
 */
export function withdrawFirst(
  backend: Backend,
  specs: Pick<ClaimSpecs, 'withdrawDevice' | 'requireUnnamed'>,
): Backend {
  return {
    ...backend,
    memoryBlock: backend.memoryBlock,
    async fence(chardev) {
      await specs.withdrawDevice(chardev)
      await backend.fence(chardev)
    },
    async disable(chardev) {
      await specs.withdrawDevice(chardev)
      return backend.disable(chardev)
    },
    async destroy(chardev) {
      await specs.withdrawDevice(chardev)
      await backend.destroy(chardev)
    },
    async enable(chardev) {
      await specs.requireUnnamed(chardev)
      return backend.enable(chardev)
    },
  }
}
