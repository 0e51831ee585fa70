import { fileURLToPath } from 'node:url'
import type { ServiceDefinition } from '@grpc/grpc-js'
import { loadSync } from '@grpc/proto-loader'

/** What one method takes and answers; `stream` when the answer is a stream of responses. */
export interface GrpcMethod {
  readonly request: object
  readonly response: object
  readonly stream?: true
}

/** The methods of a service by their names on the wire. */
export type GrpcMethods<M> = { readonly [K in keyof M]: GrpcMethod }

/**
 * A service of one of our .proto files. `Methods` is what TypeScript knows of its messages: fields
 * by their names on the wire, absent ones at proto3's default, enums by name, int64 as numbers.
 */
export interface GrpcService<Methods extends GrpcMethods<Methods>> {
  /** The full name, as in `pluginregistration.Registration`. */
  readonly name: string
  readonly definition: ServiceDefinition
  /** Never there: it only carries the type. */
  readonly methods?: Methods
}

/**
 * Reads the service `name` from `proto/<file>.proto`.
 * @throws Error when the file has no such service, which is a mistake in the caller.
 */
export function loadService<Methods extends GrpcMethods<Methods>>(
  file: string,
  name: string,
): GrpcService<Methods> {
  const path = fileURLToPath(new URL(`proto/${file}.proto`, import.meta.url))
  const found = loadSync(path, {
    keepCase: true,
    longs: Number,
    enums: String,
    defaults: true,
  })[name]
  if (found === undefined || 'format' in found) throw new Error(`${file}.proto has no ${name}`)
  return { name, definition: found as ServiceDefinition }
}
