import type { Stage } from '../contract/stage.ts'
import { mmapRead, mmapWrite, startMmapChild } from './mmap-child.ts'
import { startTestDaemon } from './start-test-daemon.ts'

/** The contract suite's stage over the emulated backend and its default host. */
export const emulatedStage: Stage = {
  name: 'emulated',
  users: {
    comm: /^python3/,
    start: startMmapChild,
    read: async (path, length, offset) => mmapRead(path, length, offset),
    write: async (path, text, offset) => mmapWrite(path, text, offset),
  },
  momentMs: 300,
  start: () => startTestDaemon(),
}
