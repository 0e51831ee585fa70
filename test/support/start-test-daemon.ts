import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { onTestFinished } from 'vitest'
import { readConfig } from '../../src/config.ts'
import { startDaemon } from '../../src/serve.ts'
import { type Api, createApi } from './api.ts'

export interface TestDaemonOptions {
  /** Topology files; without them the host is the default one. */
  readonly topology?: string | readonly string[]
  /** What shall go wrong on the host; see `createFaults`. */
  readonly faults?: object
  /** The CDI directory. */
  readonly cdi?: string
  readonly cdiKind?: string
  /** Where it listens, when it has to be where another was. */
  readonly port?: number
  /** `--wipe-minimum` */
  readonly wipeMinimum?: 'none' | 'on_release'
  /** `--wipe-rate` */
  readonly wipeRate?: string
}

/** A whole daemon: the real app on a real socket, its ledger and its host on the real disk. */
export interface TestDaemon extends Api {
  readonly url: string
  readonly directory: string
  close(): Promise<void>
  /** Ends it in order and starts another on the same directory. */
  restart(options?: TestDaemonOptions): Promise<TestDaemon>
}

const LOG_LEVEL = process.env['DAXD_TEST_LOG'] ?? 'silent'

/** Starts a daemon on a free port and in a directory of its own; both go with the test. */
export async function startTestDaemon(options: TestDaemonOptions = {}): Promise<TestDaemon> {
  const directory = mkdtempSync(join(tmpdir(), 'daxd-http-'))
  const living = new Set<TestDaemon>()
  onTestFinished(async () => {
    await Promise.all([...living].map((daemon) => daemon.close()))
    rmSync(directory, { recursive: true, force: true })
  })
  return startIn(directory, options, living)
}

async function startIn(
  directory: string,
  { topology, faults, cdi, cdiKind, port = 0, wipeMinimum, wipeRate }: TestDaemonOptions,
  living: Set<TestDaemon>,
): Promise<TestDaemon> {
  const faultsFile = join(directory, 'faults.json')
  if (faults !== undefined) writeFileSync(faultsFile, JSON.stringify(faults))
  const config = readConfig(
    {
      'state-dir': directory,
      listen: '127.0.0.1:0',
      ...(topology === undefined ? {} : { topology: topology as string | string[] }),
      ...(faults === undefined ? {} : { faults: faultsFile }),
      ...(cdi === undefined ? {} : { 'cdi-dir': cdi }),
      ...(cdiKind === undefined ? {} : { 'cdi-kind': cdiKind }),
      ...(wipeMinimum === undefined ? {} : { 'wipe-minimum': wipeMinimum }),
      ...(wipeRate === undefined ? {} : { 'wipe-rate': wipeRate }),
    },
    {},
  )
  const daemon = await startDaemon(config, pino({ level: LOG_LEVEL }), '0.0.0-test')
  const url = await daemon.app.listen({ host: '127.0.0.1', port })
  const { close: closeApi, ...api } = createApi(url)
  const self: TestDaemon = {
    ...api,
    url,
    directory,
    async close() {
      if (!living.delete(self)) return
      closeApi()
      await daemon.close()
    },
    async restart(next = {}) {
      await self.close()
      return startIn(directory, next, living)
    },
  }
  living.add(self)
  return self
}
