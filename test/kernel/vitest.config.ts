import { kernelSuite } from './kernel-suite.ts'

/** What the kernel does, and what daxd does with it. */
export default kernelSuite('*.test.ts')
