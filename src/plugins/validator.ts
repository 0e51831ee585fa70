import type { FastifySchemaCompiler } from 'fastify'
import { z } from 'zod'
import { DaxError } from '../core/errors.ts'

/** How many issues a problem names; the rest is more of the same. */
const ISSUES_COUNT_MAX = 20
/** Keys come from the client and are repeated in paths: no further than this. */
const SHOWN_LENGTH_MAX = 128

/** Parts of a request, as an issue's path begins. */
const PARTS: Readonly<Record<string, string>> = {
  body: 'body',
  querystring: 'query',
  params: 'path',
  headers: 'headers',
}

interface Issue {
  readonly path: string
  readonly message: string
}

/**
 * Checks a part of a request with its zod schema. What does not fit is `malformed`, with issues
 * whose paths are JSON pointers that start with the part: `/body/operations/3/length`.
 */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  const part = PARTS[httpPart ?? ''] ?? 'body'
  const isNothing = nothingFor(schema, httpPart)
  return (data: unknown) => {
    if (isNothing(data)) return { value: data }
    // The framework writes an absent body as null; a null that was sent never gets here.
    const result = schema.safeParse(part === 'body' && data === null ? undefined : data)
    if (result.success) return { value: result.data }
    return { error: malformed(part, result.error) }
  }
}

/**
 * Tells when there is nothing to check, as in most requests: no query at all, or none of the
 * headers that mean something here. Only for schemas that let that pass as it is.
 */
function nothingFor(schema: z.ZodType, httpPart: string | undefined): (data: unknown) => boolean {
  const isOptional = JSON.stringify(schema.safeParse({}).data) === '{}'
  if (!isOptional || !(schema instanceof z.ZodObject)) return () => false
  if (httpPart === 'headers') {
    const names = Object.keys(schema.shape)
    return (data) => names.every((name) => (data as Record<string, unknown>)[name] === undefined)
  }
  if (httpPart !== 'querystring') return () => false
  return (data) => {
    for (const _ in data as object) return false
    return true
  }
}

function malformed(part: string, error: z.ZodError): DaxError {
  const issues: Issue[] = []
  for (const issue of error.issues) {
    for (const told of issuesOf(part, issue)) {
      if (issues.length < ISSUES_COUNT_MAX) issues.push(told)
    }
  }
  const [first] = issues
  const detail =
    first === undefined ? 'The request is malformed.' : `${first.path}: ${first.message}.`
  return new DaxError('malformed', detail, { issues })
}

function issuesOf(part: string, issue: z.core.$ZodIssue): Issue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, ISSUES_COUNT_MAX).map((key) => ({
      path: pointer(part, [...issue.path, key]),
      message: 'is not known here',
    }))
  }
  const path = pointer(part, issue.path)
  if (issue.code === 'invalid_key') {
    return [{ path, message: `has a bad key: ${issue.issues[0]?.message ?? issue.message}` }]
  }
  return [{ path, message: issue.message }]
}

/** RFC 6901. */
function pointer(part: string, path: readonly PropertyKey[]): string {
  const steps = path.map((step) =>
    String(step).slice(0, SHOWN_LENGTH_MAX).replaceAll('~', '~0').replaceAll('/', '~1'),
  )
  return `/${[part, ...steps].join('/')}`
}
