import { defineConfig } from 'vitest/config'

/** Room for real processes, sockets and fsyncs on a busy machine with two cores. */
const TEST_TIMEOUT_MS = 60_000

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // These need a virtual machine (npm run test:kernel) and images (scripts/ci-image.sh).
    exclude: ['test/kernel/**', 'test/image/**'],
    globalSetup: ['test/support/choose-seed.ts'],
    setupFiles: ['test/support/use-seed.ts'],
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: TEST_TIMEOUT_MS,
    // Processes and not threads: tests start daemons, take locks and read process.env.
    pool: 'forks',
    // Most of them wait for disks, sockets and children most of the time.
    maxWorkers: 3,
  },
})
