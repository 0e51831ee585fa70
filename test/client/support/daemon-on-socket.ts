/** A daemon in a process of its own that is found at the same place after it was killed. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createClient, type NodeClientOptions, type NodeDaxd } from '../../../client/src/node.ts'
import { type DaemonProcess, launchDaemon } from '../../crash/support/daemon-process.ts'

export interface DaemonOnSocket {
  readonly socketPath: string
  /** A client of it, which goes with the test. */
  client(options?: NodeClientOptions): NodeDaxd
  /** Ends it as a power cut does. */
  kill(): Promise<void>
  signal(signal: NodeJS.Signals): void
  start(): Promise<void>
}

/** Starts one; it and its directory go with the test. */
export async function startDaemonOnSocket(): Promise<DaemonOnSocket> {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-client-'))
  const socketPath = join(directory, 'daxd.sock')
  let running: DaemonProcess | null = null
  onTestFinished(async () => {
    await running?.end('SIGKILL')
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 })
  })
  const self: DaemonOnSocket = {
    socketPath,
    client(options = {}) {
      const daxd = createClient({ socketPath, ...options })
      onTestFinished(() => daxd.close())
      return daxd
    },
    async kill() {
      await running?.end('SIGKILL')
    },
    signal(signal) {
      if (running !== null) process.kill(running.pid, signal)
    },
    async start() {
      running = launchDaemon(directory, ['--listen', `unix:${socketPath}`])
      await running.listening
    },
  }
  await self.start()
  return self
}
