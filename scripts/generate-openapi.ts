/**
 * Writes the OpenAPI document of this tree to `docs/openapi.json`, or to the file named; with
 * `--check` writes nothing and exits 1 when the file differs.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { pino } from 'pino'
import packageJson from '../package.json' with { type: 'json' }
import { allRoutes } from '../routes/index.ts'
import { describe } from '../routes/views.ts'
import { buildApp } from '../src/app.ts'
import { createEmulatedBackend } from '../src/backends/emulated/emulated-backend.ts'
import { openMemoryLedger } from '../src/ledger/memory-ledger.ts'
import { createMetricsRegistry } from '../src/plugins/metrics-registry.ts'
import { createServices, stopServices } from '../src/services/create-services.ts'
import { systemClock } from '../src/system-clock.ts'

const DOCUMENT_PATH = resolve(import.meta.dirname, '../docs/openapi.json')

const { values, positionals } = parseArgs({
  options: { check: { type: 'boolean', default: false } },
  allowPositionals: true,
})
const path = positionals[0] === undefined ? DOCUMENT_PATH : resolve(positionals[0])
const text = `${JSON.stringify(sorted(await readDocument()), null, 2)}\n`
if (values.check) {
  const found = await readFile(path, 'utf8').catch(() => '')
  if (found !== text) {
    const shown = relative('.', path)
    process.stderr.write(
      `${shown} is not what the routes say: node scripts/generate-openapi.ts writes it anew.\n`,
    )
    process.exitCode = 1
  }
} else {
  await writeFile(path, text)
}

/** The document of the real app, over a host and a ledger that are gone again afterwards. */
async function readDocument(): Promise<unknown> {
  const directory = await mkdtemp(join(tmpdir(), 'daxd-openapi-'))
  const backend = await createEmulatedBackend({
    directory,
    bootId: 'none',
    observer: { find: async () => ({ found: new Map(), complete: true }) },
  })
  const services = await createServices({
    backend,
    ledger: openMemoryLedger({ eventsKept: 1 }),
    clock: systemClock,
    log: pino({ level: 'silent' }),
    describe,
    digest: (said) => said,
  })
  const app = buildApp(
    {
      routes: allRoutes(services, async () => ({})),
      ready: () => ({ ready: true, reasons: [] }),
      metrics: createMetricsRegistry(),
    },
    { version: packageJson.version, logger: false },
  )
  try {
    await app.ready()
    return app.swagger()
  } finally {
    await app.close()
    await stopServices(services)
    await backend.close()
    await rm(directory, { recursive: true, force: true })
  }
}

/** The same value with every object's keys in order, so that the text is stable. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1))
  return Object.fromEntries(entries.map(([key, child]) => [key, sorted(child)]))
}
