import { randomUUID } from 'node:crypto'
import type { ServerOptions } from 'node:http'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyServerFactory,
  LogController,
} from 'fastify'
import { serializerCompiler } from 'fastify-type-provider-zod'
import { IDENTIFIER_LENGTH_MAX } from '../schemas/common.ts'
import { access, type OnDenied } from './plugins/access.ts'
import {
  type Admission,
  type AdmissionOptions,
  admission,
  createAdmission,
} from './plugins/admission.ts'
import { ADMISSION_LIMITS, type AdmissionLimits } from './plugins/admission-limits.ts'
import { answerHeaders } from './plugins/answer-headers.ts'
import { auth } from './plugins/auth.ts'
import { createClientErrors } from './plugins/client-error.ts'
import { closing } from './plugins/closing.ts'
import { type ConsoleFile, consolePages } from './plugins/console.ts'
import { contract } from './plugins/contract.ts'
import { health, type Readiness } from './plugins/health.ts'
import { jsonBody } from './plugins/json-body.ts'
import { metrics } from './plugins/metrics.ts'
import type { MetricsRegistry } from './plugins/metrics-registry.ts'
import { openapi } from './plugins/openapi.ts'
import { problem } from './plugins/problem.ts'
import { registerQueueMetrics } from './plugins/queue-metrics.ts'
import { rateLimits } from './plugins/rate-limits.ts'
import { requestLog } from './plugins/request-log.ts'
import { createTlsServer, type TlsSource } from './plugins/tls-server.ts'
import { tracing } from './plugins/tracing.ts'
import { answerUnroutable } from './plugins/unroutable.ts'
import { validatorCompiler } from './plugins/validator.ts'
import type { Authenticator } from './ports/authenticator.ts'
import type { Tracer } from './ports/trace.ts'

const BODY_LIMIT_BYTES_DEFAULT = 1024 * 1024
const REQUEST_TIMEOUT_MS_DEFAULT = 30_000
/** Above the usual 60 s of proxies, so that they and not we close an idle connection. */
const KEEP_ALIVE_TIMEOUT_MS = 65_000
/** A silent connection is dropped after this, the longest wait for an answer included. */
const CONNECTION_TIMEOUT_MS = 600_000
const HEADERS_SIZE_MAX_BYTES = 16 * 1024
/** How long request line and headers may take, from the connection's first moment on. */
const HEADERS_TIMEOUT_MS = 10_000
/** How often connections are looked at for these times; Node's own pause is 30 s. */
const TIMES_CHECKED_MS = 2000
/** Connections at once, idle ones and event streams included; more are closed unanswered. */
const CONNECTIONS_MAX = 8192

/** What the app is made of. */
export interface AppParts {
  readonly routes: readonly FastifyPluginAsync[]
  readonly ready: () => Readiness
  readonly metrics: MetricsRegistry
  /** Where traces are told; nowhere by default. */
  readonly tracer?: Tracer
  /** The bounded queues behind the routes. */
  readonly queues?: Admission['figures']
  /** Told of each refusal for lack of rights. */
  readonly onDenied?: OnDenied
  /** The console's pages; without them there is none. */
  readonly console?: readonly ConsoleFile[]
  /** Why no change can be taken in just now, null while all is well. */
  readonly refuseChange?: AdmissionOptions['refuseChange']
}

export interface AppOptions {
  readonly version: string
  readonly logger: FastifyBaseLogger | false
  /** Tells who asks; without it everybody is let in. */
  readonly authenticate?: Authenticator
  /** How often each identity may ask, requests a second; without it as often as it likes. */
  readonly requestsPerSecond?: number
  /** With it the service speaks HTTPS. */
  readonly tls?: TlsSource
  readonly bodyLimitBytes?: number
  /** How long a request may take to arrive. */
  readonly requestTimeoutMs?: number
  readonly limits?: Partial<AdmissionLimits>
}

/** The whole HTTP face of the service, not listening yet. */
export function buildApp(parts: AppParts, options: AppOptions): FastifyInstance {
  const app = createInstance(options)
  const doorkeeper = createAdmission({
    limits: { ...ADMISSION_LIMITS, ...options.limits },
    bodyLimitBytes: options.bodyLimitBytes ?? BODY_LIMIT_BYTES_DEFAULT,
    refuseChange: parts.refuseChange ?? (() => null),
  })
  const { queues = () => [] } = parts
  registerQueueMetrics(parts.metrics, () => [...doorkeeper.figures(), ...queues()])
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.register(problem)
  app.register(requestLog)
  if (parts.tracer !== undefined) app.register(tracing, { tracer: parts.tracer })
  app.register(answerHeaders)
  const { authenticate } = options
  app.register(auth, authenticate === undefined ? {} : { authenticate })
  const { requestsPerSecond: perSecond } = options
  if (perSecond !== undefined) app.register(rateLimits, { perSecond })
  app.register(access, parts.onDenied === undefined ? {} : { onDenied: parts.onDenied })
  app.register(closing)
  app.register(contract)
  app.register(admission, { doorkeeper })
  app.register(jsonBody, { inTurn: doorkeeper.inTurn })
  app.register(openapi, { version: options.version })
  app.register(metrics, { registry: parts.metrics })
  app.register(health, { ready: parts.ready })
  if (parts.console !== undefined) app.register(consolePages, { files: parts.console })
  for (const route of parts.routes) app.register(route)
  return app
}

function createInstance(options: AppOptions): FastifyInstance {
  const { logger, tls } = options
  const times = serverTimes(options)
  const clientErrors = createClientErrors(logger === false ? null : logger)
  const app = Fastify({
    ...(logger === false ? { logger } : { loggerInstance: logger }),
    logController: new LogController({
      disableRequestLogging: true,
    }),
    genReqId: () => randomUUID(),
    // A logger made for each request costs more than the line it writes; lines name the request.
    childLoggerFactory: (parent) => parent,
    requestIdHeader: false,
    trustProxy: false,
    bodyLimit: options.bodyLimitBytes ?? BODY_LIMIT_BYTES_DEFAULT,
    requestTimeout: times.requestTimeout,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    keepAliveTimeout: times.keepAliveTimeout,
    http: times,
    ...(tls === undefined ? {} : { serverFactory: secureServers(tls, times) }),
    routerOptions: { maxParamLength: IDENTIFIER_LENGTH_MAX },
    // The closing plugin answers 503 instead, as a problem document.
    return503OnClosing: false,
    clientErrorHandler: clientErrors.answer,
    frameworkErrors: answerUnroutable,
  })
  if (tls !== undefined) app.server.setTimeout(CONNECTION_TIMEOUT_MS)
  app.server.maxConnections = CONNECTIONS_MAX
  app.server.on('request', clientErrors.note)
  // Node answers an expectation that it does not know with a bare 417; ours to ignore (RFC 9110).
  app.server.on('checkExpectation', (...exchange) => app.server.emit('request', ...exchange))
  return app
}

function secureServers(tls: TlsSource, times: ServerOptions): FastifyServerFactory {
  return (answer) => createTlsServer(tls, times, answer)
}

/** What bounds a connection, as Node's servers take it. */
function serverTimes({
  requestTimeoutMs: requestTimeout = REQUEST_TIMEOUT_MS_DEFAULT,
}: AppOptions) {
  return {
    maxHeaderSize: HEADERS_SIZE_MAX_BYTES,
    // Node would answer a request without Host with a bare 400; the contract plugin refuses it.
    requireHostHeader: false,
    requestTimeout,
    headersTimeout: Math.min(HEADERS_TIMEOUT_MS, requestTimeout),
    connectionsCheckingInterval: Math.min(TIMES_CHECKED_MS, requestTimeout),
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT_MS,
  }
}
