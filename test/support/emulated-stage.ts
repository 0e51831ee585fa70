import type { Stage } from '../contract/stage.ts'
import { startTestDaemon } from './start-test-daemon.ts'

/** The contract suite's stage over the emulated backend and its default host. */
export const emulatedStage: Stage = { name: 'emulated', start: () => startTestDaemon() }
