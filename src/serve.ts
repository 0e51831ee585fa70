import { createHash } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import type { Logger } from 'pino'
import { originOf } from '../routes/audit-origin.ts'
import { allRoutes } from '../routes/index.ts'
import { describe } from '../routes/views.ts'
import { buildApp } from './app.ts'
import { openDeviceSpecs } from './cdi/open-device-specs.ts'
import type { Config } from './config.ts'
import { readConsoleFiles } from './console-files.ts'
import type { DaxError } from './core/errors.ts'
import { examineHost } from './doctor/examine-host.ts'
import { openSqliteLedger } from './ledger/sqlite-ledger.ts'
import { lockStateDirectory } from './ledger/state-lock.ts'
import { createHostMeter } from './metrics/host-metrics.ts'
import { measuredLedger } from './metrics/measured-ledger.ts'
import { registerMetrics } from './metrics/register-metrics.ts'
import { createSpanMeter } from './metrics/span-meter.ts'
import { watchStateDirectory } from './metrics/state-directory.ts'
import { openBackend } from './open-backend.ts'
import { openIdentity } from './open-identity.ts'
import type { Readiness } from './plugins/health.ts'
import { createMetricsRegistry, type Metrics } from './plugins/metrics-registry.ts'
import type { Ledger } from './ports/ledger.ts'
import { requireKnownCallers, requireSafeListening } from './safe-listening.ts'
import { createCommitBacklog } from './services/commit-backlog.ts'
import { createServices, stopServices } from './services/create-services.ts'
import { createHostNotices } from './services/host-notices.ts'
import { releaseDefaultDevices } from './services/release-defaults.ts'
import { systemClock } from './system-clock.ts'
import { openTracing } from './tracing/open-tracing.ts'

/** Events that watchers can still ask for after a restart. */
const EVENTS_KEPT = 100_000

/** A daemon that is up; {@link Daemon.close} ends it in order. */
export interface Daemon {
  readonly app: FastifyInstance
  close(): Promise<void>
}

/**
 * Puts the daemon together: lock, ledger, host, services, app; not listening yet. When it cannot,
 * what was opened is closed again: the ledger's thread would keep the process alive.
 * @throws DaxError or UsageError with a sentence that says why it cannot run.
 */
export async function startDaemon(config: Config, log: Logger, version: string): Promise<Daemon> {
  requireSafeListening(config)
  const opened: Closer[] = []
  try {
    const app = await assemble(config, log, version, opened)
    return { app, close: () => closeAll(opened) }
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

type Closer = () => unknown

/** What was opened last is closed first. */
async function closeAll(opened: Closer[]): Promise<void> {
  for (const close of opened.splice(0).reverse()) await close()
}

async function assemble(
  config: Config,
  log: Logger,
  version: string,
  opened: Closer[],
): Promise<FastifyInstance> {
  const { stateDirectory } = config
  const lock = lockStateDirectory(stateDirectory)
  opened.push(() => lock.release())
  const metrics = createMetricsRegistry()
  const ledger = await openLedger(stateDirectory, metrics, log)
  opened.push(() => ledger.close())
  opened.push(watchStateDirectory(metrics, stateDirectory))
  const tracing = await openTracing({
    ...{ environment: process.env, version, log, onExport: createSpanMeter(metrics) },
  })
  const tracer = tracing === null ? {} : { tracer: tracing.tracer }
  opened.push(() => tracing?.close())
  const { backend, watch } = await openBackend(config, log)
  opened.push(() => backend.close())
  const deviceSpecs = await openDeviceSpecs(
    { place: config.cdi, style: config.backend === 'kernel' ? 'nodes' : 'mounts', stateDirectory },
    log,
  )
  const identity = openIdentity(config, log)
  opened.push(() => identity.close())
  const services = await createServices({
    ...(deviceSpecs === undefined ? {} : { deviceSpecs }),
    backend,
    ledger,
    clock: systemClock,
    log,
    wiping: { minimum: config.wipeMinimum, rate: config.wipeRate },
    describe,
    digest: (text) => createHash('sha256').update(text).digest('base64'),
    onHostCall: createHostMeter(metrics),
    ...tracer,
  })
  opened.push(() => stopServices(services))
  requireKnownCallers(config, services.world.durable.count('tenant'))
  if (config.releaseDefaultDevices) await releaseDefaultDevices(services.host)
  const notices = createHostNotices({ ...services, clock: systemClock, log })
  opened.push(() => notices.stop())
  opened.push(watch(notices.changed))
  services.onHostReturned(notices.changed)
  const { queues, events, idempotency } = services
  const backlog = createCommitBacklog(services.world)
  const ready = (): Readiness =>
    readinessOf(services.world.failure() ?? services.world.stall(), identity.problems())
  registerMetrics(metrics, {
    services,
    clock: systemClock,
    isReady: () => ready().ready,
    identity: identity.figures,
    build: { version, backend: config.backend, node: process.versions.node },
  })
  const console = readConsoleFiles()
  if (console === null) log.warn('the console is not installed with daxd: /console is 404')
  const app = buildApp(
    {
      routes: allRoutes(services, examineNow(config)),
      ready,
      ...tracer,
      metrics,
      queues: () => [backlog, queues, events, idempotency].map((queue) => queue.figures()),
      refuseChange: backlog.refuseChange,
      ...(console === null ? {} : { console }),
      onDenied: (request, action, denial) =>
        services.audit.refusal({ ...originOf(request), action, ...denial }),
    },
    {
      version,
      logger: log,
      authenticate: identity.authenticate,
      ...(config.rateLimit === null ? {} : { requestsPerSecond: config.rateLimit }),
      ...(identity.tls === null ? {} : { tls: identity.tls }),
    },
  )
  opened.push(() => app.close())
  // First of all, as requests are waited for: none of them must wait for a hung host for ever.
  opened.push(services.endHostCalls)
  return app
}

async function openLedger(directory: string, metrics: Metrics, log: Logger): Promise<Ledger> {
  const ledger = await openSqliteLedger({ directory, eventsKept: EVENTS_KEPT, logger: log })
  return measuredLedger(ledger, metrics, systemClock)
}

/** What can be served with what was read before is served: a slip in a file is no outage. */
function readinessOf(failure: DaxError | null, warnings: readonly string[]): Readiness {
  const failures = failure === null ? [] : [`${failure.code}: ${failure.message}`]
  return { ready: failure === null, reasons: [...failures, ...warnings] }
}

/** An examination starts child processes, so callers within a moment share one. */
const EXAMINATION_KEPT_MS = 5000

function examineNow(config: Config): () => Promise<Awaited<ReturnType<typeof examineHost>>> {
  const { backend, stateDirectory } = config
  let at = Number.NEGATIVE_INFINITY
  let report: ReturnType<typeof examineHost> | null = null
  return () => {
    const now = systemClock.monotonic()
    if (report === null || now - at > EXAMINATION_KEPT_MS) {
      at = now
      report = examineHost({ backend, stateDirectory })
      report.catch(() => {
        report = null
      })
    }
    return report
  }
}
