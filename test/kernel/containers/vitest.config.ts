import { kernelSuite } from '../kernel-suite.ts'

/** Real devices in real containers. */
export default kernelSuite('containers/*.test.ts')
