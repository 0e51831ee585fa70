import { defineConfig } from 'vitest/config'

/** As many as the machine has cores, for each emulates one; more would only wait for them. */
const GUESTS = 2

/** No test takes more than a tenth of it, unless others keep both cores busy: they do at times. */
const TEST_TIMEOUT_MS = 600_000

/** Tests against a real kernel; not part of `npm test`. Each worker has a guest of its own. */
export function kernelSuite(include: string) {
  return defineConfig({
    cacheDir: '../../node_modules/.vite',
    test: {
      root: import.meta.dirname,
      include: [include],
      globalSetup: ['../support/choose-seed.ts', './global-setup.ts'],
      setupFiles: ['../support/use-seed.ts'],
      // Processes: a worker's number, by which it finds its guest, is in its environment.
      pool: 'forks',
      maxWorkers: GUESTS,
      testTimeout: TEST_TIMEOUT_MS,
      hookTimeout: TEST_TIMEOUT_MS,
      reporters: ['verbose'],
    },
  })
}
