import { kernelSuite } from '../kernel-suite.ts'

/** The suites that every backend is held to. */
export default kernelSuite('contract/*.test.ts')
