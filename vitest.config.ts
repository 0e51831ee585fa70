import { defineConfig } from 'vitest/config'

/** Room for real processes, sockets and fsyncs on a busy machine with two cores. */
const TEST_TIMEOUT_MS = 60_000

const SEED_LIMIT = 2 ** 31

/** One seed for every random choice of a run, printed, so that the run can be had again. */
const seed = process.env['DAXD_TEST_SEED'] ?? String(Math.floor(Math.random() * SEED_LIMIT))
process.env['DAXD_TEST_SEED'] = seed
process.stdout.write(`DAXD_TEST_SEED=${seed} npm test makes the same random choices again.\n`)

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: ['test/support/seed.ts'],
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: TEST_TIMEOUT_MS,
    // Processes and not threads: tests start daemons, take locks and read process.env.
    pool: 'forks',
  },
})
