import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { readConfig } from '../../../src/config.ts'
import { startDaemon } from '../../../src/serve.ts'
import { type Client, createClient } from './exchange.ts'

/** From here on a line tells of something that is nobody's fault but ours: pino's error, 50. */
const ERROR_LEVEL = 50

/** The whole daemon over a host and a ledger on disk, listening on a free port. */
export interface LiveDaemon {
  readonly url: string
  readonly port: number
  readonly client: Client
  /** Every log line so far that tells of a defect. */
  defects(): readonly object[]
  close(): Promise<void>
}

export async function startLiveDaemon(): Promise<LiveDaemon> {
  const directory = await mkdtemp(join(tmpdir(), 'daxd-fuzz-'))
  const bad: object[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      const line = JSON.parse(String(chunk)) as { level: number }
      if (line.level >= ERROR_LEVEL) bad.push(line)
      done()
    },
  })
  const config = readConfig({ 'state-dir': directory }, {})
  const daemon = await startDaemon(config, pino({ level: 'info' }, stream), '0.0.0')
  const url = await daemon.app.listen({ host: '127.0.0.1', port: 0 })
  const client = createClient(url)
  return {
    url,
    port: Number(new URL(url).port),
    client,
    defects: () => bad,
    async close() {
      client.close()
      await daemon.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
