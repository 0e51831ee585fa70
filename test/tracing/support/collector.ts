import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { type Field, fieldsOf, numberIn, textIn } from './protobuf.ts'

/** A span as it arrived. */
export interface ReceivedSpan {
  readonly name: string
  readonly traceId: string
  readonly spanId: string
  /** Empty for the first of a trace. */
  readonly parentId: string
  readonly facts: Readonly<Record<string, string | number | boolean>>
  /** Ids of the spans that have caused it. */
  readonly links: readonly string[]
  readonly isFailed: boolean
}

/** A receiver of OTLP over HTTP, in protobuf, that keeps what comes. */
export interface Collector {
  readonly url: string
  readonly spans: readonly ReceivedSpan[]
  /** Facts of the resources that sent them, the last one's. */
  resource(): Readonly<Record<string, string | number | boolean>>
  /** Headers of the requests. */
  readonly headers: readonly Readonly<Record<string, unknown>>[]
}

export async function startCollector(): Promise<Collector> {
  const spans: ReceivedSpan[] = []
  const headers: Readonly<Record<string, unknown>>[] = []
  let resource: Readonly<Record<string, string | number | boolean>> = {}
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    headers.push({ ...request.headers, path: request.url })
    // ExportTraceServiceRequest.resource_spans
    for (const sent of messages(fieldsOf(Buffer.concat(parts)), 1)) {
      for (const told of messages(sent, 1)) resource = factsOf(told, 1)
      for (const scope of messages(sent, 2)) spans.push(...messages(scope, 2).map(spanOf))
    }
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, spans, headers, resource: () => resource }
}

/** The messages of one field number. */
function messages(fields: readonly Field[], number: number): Field[][] {
  return fields.filter((field) => field.number === number).map(({ bytes }) => fieldsOf(bytes))
}

function hexIn(fields: readonly Field[], number: number): string {
  return fields.find((field) => field.number === number)?.bytes.toString('hex') ?? ''
}

/** opentelemetry.proto.trace.v1.Span */
function spanOf(fields: readonly Field[]): ReceivedSpan {
  const [status = []] = messages(fields, 15)
  return {
    name: textIn(fields, 5),
    traceId: hexIn(fields, 1),
    spanId: hexIn(fields, 2),
    parentId: hexIn(fields, 4),
    facts: factsOf(fields, 9),
    links: messages(fields, 13).map((link) => hexIn(link, 2)),
    isFailed: numberIn(status, 3) === 2,
  }
}

/** opentelemetry.proto.common.v1.KeyValue */
function factsOf(
  fields: readonly Field[],
  number: number,
): Record<string, string | number | boolean> {
  const pairs = messages(fields, number).map((pair) => {
    const [value = []] = messages(pair, 2)
    const [first] = value
    const told =
      first?.number === 1
        ? first.bytes.toString()
        : first?.number === 2
          ? first.value === 1
          : (first?.value ?? Number.NaN)
    return [textIn(pair, 1), told] as const
  })
  return Object.fromEntries(pairs)
}
