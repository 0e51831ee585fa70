import type { Components, JsonSchema } from './json-schema.ts'

/** The members of an OpenAPI 3.1 document that the tests look at. */
export interface OpenApi {
  readonly openapi: string
  readonly info: { readonly title: string; readonly version: string; readonly description: string }
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly paths: Readonly<Record<string, Readonly<Record<string, OperationObject>>>>
  readonly components: { readonly schemas: Components; readonly securitySchemes: object }
}

export interface OperationObject {
  readonly summary: string
  readonly tags: readonly string[]
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, { description: string; content?: Content }>>
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header'
  readonly name: string
  readonly required: boolean
  readonly schema: JsonSchema
}

type Content = Readonly<Record<string, { readonly schema: JsonSchema }>>

/** One method of one path, as the fuzzing needs it. */
export interface Endpoint {
  /** `POST /v1/regions`. */
  readonly title: string
  readonly method: string
  /** With `{name}` for parameters. */
  readonly path: string
  readonly operation: OperationObject
  /** The schema of its JSON body; null when it takes none. */
  readonly body: JsonSchema | null
  readonly components: Components
}

export async function readDocument(url: string): Promise<OpenApi> {
  const answer = await fetch(`${url}/openapi.json`)
  return (await answer.json()) as OpenApi
}

export function endpointsOf({ paths, components }: OpenApi): Endpoint[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([verb, operation]) => ({
      title: `${verb.toUpperCase()} ${path}`,
      method: verb.toUpperCase(),
      path,
      operation,
      body: operation.requestBody?.content['application/json']?.schema ?? null,
      components: components.schemas,
    })),
  )
}

export function parametersOf(endpoint: Endpoint, place: Parameter['in']): readonly Parameter[] {
  return (endpoint.operation.parameters ?? []).filter((one) => one.in === place)
}
