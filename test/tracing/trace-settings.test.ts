import { expect, test } from 'vitest'
import { readTraceSettings } from '../../src/tracing/trace-settings.ts'

const PLAIN = { sampler: 'parentbased_always_on', ratio: 1, batch: {} }

test.each([
  ['nothing is set', {}],
  ['the SDK is disabled', { OTEL_SDK_DISABLED: 'TRUE', OTEL_TRACES_EXPORTER: 'otlp' }],
  ['no exporter is wanted', { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'x' }],
  ['only the name is set', { OTEL_SERVICE_NAME: 'daxd', OTEL_TRACES_EXPORTER: '' }],
])('there are no traces where %s', (_what, environment) => {
  expect(readTraceSettings(environment)).toEqual({ settings: null, complaints: [] })
})

test.each([
  [{ OTEL_TRACES_EXPORTER: 'otlp' }],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }],
])('%o switches them on, with what the specification has as defaults', (environment) => {
  expect(readTraceSettings(environment)).toEqual({ settings: PLAIN, complaints: [] })
})

test.each([
  [{ OTEL_TRACES_EXPORTER: 'zipkin' }, 'OTEL_TRACES_EXPORTER=zipkin'],
  [
    { OTEL_TRACES_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' },
    'OTEL_EXPORTER_OTLP_PROTOCOL=grpc',
  ],
])('%o, which daxd cannot do, is told and sends nothing anywhere', (environment, told) => {
  const { settings, complaints } = readTraceSettings(environment)
  expect([settings, complaints.length, complaints[0]?.includes(told)]).toEqual([null, 1, true])
})

test('samplers and the bounds of the queue are taken, what is wrong among them is told', () => {
  const environment = {
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_TRACES_SAMPLER: 'parentbased_traceidratio',
    OTEL_TRACES_SAMPLER_ARG: '0.25',
    OTEL_BSP_MAX_QUEUE_SIZE: '100',
    OTEL_BSP_SCHEDULE_DELAY: '-1',
  }
  const { settings, complaints } = readTraceSettings(environment)
  const batch = { maxQueueSize: 100 }
  expect(settings).toEqual({ sampler: 'parentbased_traceidratio', ratio: 0.25, batch })
  expect(complaints).toEqual(['OTEL_BSP_SCHEDULE_DELAY=-1 is no positive number.'])
  const wrong = { OTEL_TRACES_SAMPLER: 'often', OTEL_TRACES_SAMPLER_ARG: '2' }
  const mended = readTraceSettings({ ...environment, ...wrong })
  expect([mended.settings?.sampler, mended.settings?.ratio]).toEqual(['parentbased_always_on', 1])
  expect(mended.complaints).toHaveLength(3)
})
