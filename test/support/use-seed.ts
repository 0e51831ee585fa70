/** Runs before each test file: properties draw from the seed of the run. */
import { configureGlobal } from 'fast-check'

configureGlobal({ seed: Number(process.env['DAXD_TEST_SEED']) })
