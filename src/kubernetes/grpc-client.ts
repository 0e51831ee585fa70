import { Client, type ClientReadableStream, credentials, Metadata } from '@grpc/grpc-js'
import type { GrpcMethod, GrpcMethods, GrpcService } from './grpc-service.ts'
import { checkSocketPath } from './unix-socket.ts'

type UnaryOf<Methods extends GrpcMethods<Methods>> = {
  [K in keyof Methods]: Methods[K] extends { readonly stream: true } ? never : K
}[keyof Methods]

type StreamOf<Methods extends GrpcMethods<Methods>> = Exclude<keyof Methods, UnaryOf<Methods>>

/** The caller's side of one service on a unix socket. */
export interface GrpcClient<Methods extends GrpcMethods<Methods>> {
  /** @throws ServiceError of grpc-js, with `code` and `details`; DEADLINE_EXCEEDED in time. */
  call<K extends UnaryOf<Methods>>(
    method: K,
    request: Methods[K]['request'],
    timeoutMs: number,
  ): Promise<Methods[K]['response']>
  /** The answers of a streaming method as they come; throws when the stream breaks. */
  stream<K extends StreamOf<Methods>>(
    method: K,
    request: Methods[K]['request'],
    signal: AbortSignal,
  ): AsyncGenerator<Methods[K]['response'], void, undefined>
  close(): void
}

/**
 * A client of the service on the socket at `path`. It connects at the first call, not here.
 * @throws Error when the path cannot be a socket's.
 */
export function createGrpcClient<Methods extends GrpcMethods<Methods>>(
  path: string,
  service: GrpcService<Methods>,
): GrpcClient<Methods> {
  checkSocketPath(path)
  // Each client has its own connection: a socket that is made anew at the same path is another.
  const client = new Client(`unix://${path}`, credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  })
  return {
    call: (method, request, timeoutMs) => unary(client, service, method, { request, timeoutMs }),
    stream: (method, request, signal) => streamed(client, service, method, { request, signal }),
    close: () => client.close(),
  }
}

function shapeOf<Methods extends GrpcMethods<Methods>>(
  service: GrpcService<Methods>,
  method: keyof Methods,
) {
  const shape = service.definition[String(method)]
  if (shape === undefined) throw new Error(`${service.name} has no method ${String(method)}`)
  return shape
}

function unary<Methods extends GrpcMethods<Methods>, Response extends GrpcMethod['response']>(
  client: Client,
  service: GrpcService<Methods>,
  method: keyof Methods,
  options: { readonly request: object; readonly timeoutMs: number },
): Promise<Response> {
  const { path, requestSerialize, responseDeserialize } = shapeOf(service, method)
  return new Promise((resolve, reject) => {
    client.makeUnaryRequest(
      path,
      requestSerialize,
      responseDeserialize as (bytes: Buffer) => Response,
      options.request,
      new Metadata(),
      { deadline: Date.now() + options.timeoutMs },
      (error, response) => {
        if (error !== null) reject(error)
        else if (response === undefined) reject(new Error(`${path} answered nothing`))
        else resolve(response)
      },
    )
  })
}

async function* streamed<
  Methods extends GrpcMethods<Methods>,
  Response extends GrpcMethod['response'],
>(
  client: Client,
  service: GrpcService<Methods>,
  method: keyof Methods,
  options: { readonly request: object; readonly signal: AbortSignal },
): AsyncGenerator<Response, void, undefined> {
  const { path, requestSerialize, responseDeserialize } = shapeOf(service, method)
  const stream: ClientReadableStream<Response> = client.makeServerStreamRequest(
    path,
    requestSerialize,
    responseDeserialize as (bytes: Buffer) => Response,
    options.request,
  )
  const cancel = (): void => stream.cancel()
  options.signal.addEventListener('abort', cancel, { once: true })
  try {
    for await (const response of stream) yield response as Response
  } catch (error) {
    if (!options.signal.aborted) throw error
  } finally {
    options.signal.removeEventListener('abort', cancel)
    stream.cancel()
  }
}
