import { defineConfig } from 'vitest/config'

/** Room for containers that start and stop on a busy machine with two cores. */
const TEST_TIMEOUT_MS = 180_000

/** The built images; scripts/ci-image.sh builds them and runs this. */
export default defineConfig({
  test: {
    include: ['test/image/**/*.test.ts'],
    globalSetup: ['test/support/choose-seed.ts'],
    setupFiles: ['test/support/use-seed.ts'],
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: TEST_TIMEOUT_MS,
    pool: 'forks',
  },
})
