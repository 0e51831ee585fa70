const SEED_LIMIT = 2 ** 31

/** Runs once, before all tests: one seed for a run, printed, so that the run can be had again. */
export function setup(): void {
  process.env['DAXD_TEST_SEED'] ??= String(Math.floor(Math.random() * SEED_LIMIT))
  const seed = process.env['DAXD_TEST_SEED']
  process.stdout.write(`DAXD_TEST_SEED=${seed} makes the same random choices again.\n`)
}
