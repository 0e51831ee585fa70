import {
  type Attributes,
  type Context,
  type Span as OtelSpan,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  defaultResource,
  detectResources,
  hostDetector,
  type Resource,
  resourceAttributesEnvDetector,
  resourceFromAttributes,
  serviceNameEnvDetector,
} from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import type { TraceParent } from '../core/trace-parent.ts'
import type { Span, Tracer } from '../ports/trace.ts'
import { countedExporter } from './counted-exporter.ts'
import { createSampler } from './sampler.ts'
import type { TraceSettings } from './trace-settings.ts'
import type { Tracing, TracingOptions } from './tracing.ts'

/** How long daxd waits at its end for a collector to take the last spans. */
const CLOSE_MAX_MS = 3000

/**
 * Tracing by OpenTelemetry's own library, of this daemon alone: nothing is registered for the whole
 * process. Ended spans wait in the library's bounded queue; what does not fit is dropped.
 */
export function createOtelTracing(options: TracingOptions, settings: TraceSettings): Tracing {
  const { version, log, onExport } = options
  const manager = new AsyncLocalStorageContextManager().enable()
  const exporter = countedExporter(new OTLPTraceExporter(), log, onExport)
  const provider = new TracerProvider({
    resource: resourceOf(version),
    sampler: createSampler(settings),
    spanProcessors: [new BatchSpanProcessor({ exporter, ...settings.batch })],
  })
  return {
    tracer: createTracer(provider, manager, version),
    async close() {
      const { promise: late, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, CLOSE_MAX_MS)
      const flushed = provider.shutdown().catch((err: unknown) => {
        log.warn({ err }, 'the last spans were not sent')
      })
      await Promise.race([flushed, late])
      clearTimeout(timer)
      manager.disable()
    },
  }
}

function createTracer(
  provider: TracerProvider,
  manager: AsyncLocalStorageContextManager,
  version: string,
): Tracer {
  const tracer = provider.getTracer('daxd', version)
  function begin(name: string, attributes: Attributes, kind: SpanKind, parent: Context): Span {
    const span = tracer.startSpan(name, { attributes, kind }, parent)
    return spanOf(span, manager, trace.setSpan(parent, span))
  }
  return {
    request: (name, facts, parent) => begin(name, facts, SpanKind.SERVER, contextOf(parent)),
    part(name, facts) {
      const current = manager.active()
      if (trace.getSpan(current) === undefined) return null
      return begin(name, facts, SpanKind.INTERNAL, current)
    },
    job(name, attributes) {
      const cause = trace.getSpanContext(manager.active())
      const links = cause === undefined ? [] : [{ context: cause }]
      const span = tracer.startSpan(name, { attributes, links, root: true }, ROOT_CONTEXT)
      return spanOf(span, manager, trace.setSpan(ROOT_CONTEXT, span))
    },
  }
}

function spanOf(span: OtelSpan, manager: AsyncLocalStorageContextManager, own: Context): Span {
  const { traceId, spanId, traceFlags } = span.spanContext()
  const flags = traceFlags.toString(16).padStart(2, '0')
  return {
    traceId,
    traceparent: `00-${traceId}-${spanId}-${flags}`,
    note: (facts) => void span.setAttributes(facts),
    fail(why) {
      span.setAttribute('error.type', why)
      span.setStatus({ code: SpanStatusCode.ERROR })
    },
    end: () => span.end(),
    within: (work) => manager.with(own, work),
  }
}

function contextOf(parent: TraceParent | null): Context {
  if (parent === null) return ROOT_CONTEXT
  const { traceId, spanId, isSampled } = parent
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE
  return trace.setSpanContext(ROOT_CONTEXT, { traceId, spanId, traceFlags, isRemote: true })
}

/** What the environment says of the service counts more than what we say. */
function resourceOf(version: string): Resource {
  const own = resourceFromAttributes({ 'service.name': 'daxd', 'service.version': version })
  const detectors = [hostDetector, resourceAttributesEnvDetector, serviceNameEnvDetector]
  return defaultResource().merge(own).merge(detectResources({ detectors }))
}
