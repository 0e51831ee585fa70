import { z } from 'zod'
import { JSON_TYPE, MERGE_PATCH_TYPE } from './json-body.ts'

/** What a route is known by while its documentation is written. */
interface Route {
  readonly url: string
  readonly schema?: unknown
  readonly route: { readonly method: string | readonly string[] }
}

/** Tells of bodies what a JSON schema cannot. */
export interface BodyNotes {
  /** Looks at a route before its schema is written as JSON schema. */
  note(route: Route): void
  /** The document, saying which bodies may be left out and that a PATCH takes a merge patch. */
  tell<T extends object>(document: T): T
}

/** Notes of no routes yet. */
export function createBodyNotes(): BodyNotes {
  const optional = new Set<string>()
  return {
    note({ url, schema, route }) {
      const { body } = (schema ?? {}) as { body?: unknown }
      if (!(body instanceof z.ZodType) || !body.safeParse(undefined).success) return
      for (const method of [route.method].flat()) optional.add(keyOf(method, url))
    },
    tell(document) {
      const { paths = {} } = document as { paths?: Paths }
      const told = Object.entries(paths).map(([path, item]) => {
        const operations = Object.entries(item).map(([method, operation]) => {
          const required = !optional.has(keyOf(method, path))
          return [method, withBody(method, operation, required)]
        })
        return [path, Object.fromEntries(operations)]
      })
      return { ...document, paths: Object.fromEntries(told) }
    },
  }
}

interface Body {
  readonly content: Readonly<Record<string, unknown>>
}
type Paths = Readonly<Record<string, Readonly<Record<string, { requestBody?: Body }>>>>

/** Both ways to write a path's parameters, `:id` and `{id}`, as one. */
function keyOf(method: string, path: string): string {
  return `${method.toUpperCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`
}

function withBody(method: string, operation: { requestBody?: Body }, required: boolean): object {
  const { requestBody } = operation
  if (requestBody === undefined) return operation
  const json = requestBody.content[JSON_TYPE]
  const content =
    method === 'patch' ? { [JSON_TYPE]: json, [MERGE_PATCH_TYPE]: json } : requestBody.content
  return { ...operation, requestBody: { ...requestBody, required, content } }
}
