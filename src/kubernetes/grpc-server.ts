import { chmod } from 'node:fs/promises'
import {
  type handleServerStreamingCall,
  type handleUnaryCall,
  Server,
  ServerCredentials,
  type ServerWritableStream,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js'
import type { GrpcMethod, GrpcMethods, GrpcService } from './grpc-service.ts'
import { prepareSocketPath, removeSocket } from './unix-socket.ts'

/** A message from a kubelet, in bytes: claims by the thousand fit. */
const MESSAGE_BYTES_MAX = 4 * 1024 * 1024
/** Calls at one time over one connection. */
const CONCURRENT_CALLS_MAX = 100
/** Root's only: a kubelet is root. */
const SOCKET_MODE = 0o600

/** Where a stream's answers go, until the caller or the server ends it. */
export interface ResponseStream<Response> {
  send(response: Response): void
  end(): void
  /** Aborted when the caller is gone or the server stops. */
  readonly ended: AbortSignal
}

type Handler<M extends GrpcMethod> = M extends { readonly stream: true }
  ? (request: M['request'], stream: ResponseStream<M['response']>) => void
  : (request: M['request']) => Promise<M['response']>

/** One function per method of the service. */
export type GrpcHandlers<Methods extends GrpcMethods<Methods>> = {
  readonly [K in keyof Methods]: Handler<Methods[K]>
}

/** A service and who answers it, for {@link serveGrpc}. */
export interface GrpcBinding {
  readonly service: GrpcService<object>
  readonly implementation: UntypedServiceImplementation
}

export interface GrpcServer {
  readonly path: string
  /** Cuts what still runs and removes the socket. Safe to repeat. */
  stop(): Promise<void>
}

/**
 * Binds a service's methods to functions. What a function throws becomes the call's status
 * (`INTERNAL`, with the error's message) and is told to `onError`.
 */
export function bindService<Methods extends GrpcMethods<Methods>>(
  service: GrpcService<Methods>,
  handlers: GrpcHandlers<Methods>,
  onError: (error: unknown, method: string) => void,
): GrpcBinding {
  const implementation: UntypedServiceImplementation = {}
  for (const [method, shape] of Object.entries(service.definition)) {
    const handler = handlers[method as keyof Methods] as unknown
    const failed = (error: unknown): void => onError(error, `${service.name}/${method}`)
    implementation[method] = shape.responseStream
      ? streaming(handler as (request: object, stream: ResponseStream<object>) => void)
      : unary(handler as (request: object) => Promise<object>, failed)
  }
  return { service: service as GrpcService<object>, implementation }
}

/**
 * Serves gRPC on a unix socket: a stale one is removed first. The socket exists when this returns,
 * and only then, so a kubelet that watches the directory finds it answering.
 * @throws Error when the path cannot be a socket's.
 */
export async function serveGrpc(
  path: string,
  bindings: readonly GrpcBinding[],
): Promise<GrpcServer> {
  await prepareSocketPath(path)
  const server = new Server({
    'grpc.max_receive_message_length': MESSAGE_BYTES_MAX,
    'grpc.max_concurrent_streams': CONCURRENT_CALLS_MAX,
  })
  for (const { service, implementation } of bindings) {
    server.addService(service.definition, implementation)
  }
  await new Promise<void>((resolve, reject) => {
    server.bindAsync(`unix://${path}`, ServerCredentials.createInsecure(), (error) =>
      error === null ? resolve() : reject(error),
    )
  })
  await chmod(path, SOCKET_MODE)
  return {
    path,
    async stop() {
      server.forceShutdown()
      await removeSocket(path)
    },
  }
}

function unary(
  handler: (request: object) => Promise<object>,
  failed: (error: unknown) => void,
): handleUnaryCall<object, object> {
  return (call, answer) => {
    Promise.resolve()
      .then(() => handler(call.request))
      .then(
        (response) => answer(null, response),
        (error: unknown) => {
          failed(error)
          const details = error instanceof Error ? error.message : String(error)
          answer({ code: status.INTERNAL, details })
        },
      )
  }
}

function streaming(
  handler: (request: object, stream: ResponseStream<object>) => void,
): handleServerStreamingCall<object, object> {
  return (call: ServerWritableStream<object, object>) => {
    const ended = new AbortController()
    for (const event of ['cancelled', 'close', 'error'] as const) {
      call.on(event, () => ended.abort())
    }
    handler(call.request, {
      // A caller that does not read is not written to without end: lists are full ones, so the
      // next one makes good for one left out.
      send: (response) => {
        if (!ended.signal.aborted && !call.writableNeedDrain) call.write(response)
      },
      end: () => call.end(),
      ended: ended.signal,
    })
  }
}
