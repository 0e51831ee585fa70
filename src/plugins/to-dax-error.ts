import type { ErrorCode } from '../core/error-codes.ts'
import { DaxError } from '../core/errors.ts'

/** What the framework refuses by itself, in our words. */
const REFUSALS: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  FST_ERR_NOT_FOUND: ['no_route', 'There is nothing at this path.'],
  FST_ERR_BAD_URL: ['malformed', 'The path is not well-formed percent-encoding.'],
  FST_ERR_MAX_PARAM_LENGTH: ['malformed', 'A part of the path is too long.'],
  FST_ERR_CTP_BODY_TOO_LARGE: ['body_too_large', 'The body is larger than this service accepts.'],
  FST_ERR_CTP_INVALID_MEDIA_TYPE: [
    'unsupported_media_type',
    'A body must be application/json, or application/merge-patch+json for PATCH.',
  ],
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: ['malformed', 'The body is not as long as announced.'],
  FST_ERR_CTP_INVALID_JSON_BODY: [
    'malformed',
    'The body is not valid JSON, or has a forbidden key such as __proto__.',
  ],
  FST_ERR_HANDLER_TIMEOUT: ['overloaded', 'The request took too long.'],
}

/**
 * The expected failure behind whatever a handler or the framework threw, null for a defect. The
 * text of a foreign error is never repeated: it may tell what is nobody's business.
 */
export function toDaxError(error: unknown): DaxError | null {
  if (error instanceof DaxError) return error.code === 'internal' ? null : error
  if (!(error instanceof Error)) return null
  const { code, statusCode } = error as { code?: unknown; statusCode?: unknown }
  const refusal = typeof code === 'string' ? REFUSALS[code] : undefined
  if (refusal !== undefined) return new DaxError(refusal[0], refusal[1], {}, error)
  if (typeof statusCode !== 'number' || statusCode < 400 || statusCode >= 500) return null
  if (statusCode === 404) return new DaxError('no_route', 'There is nothing at this path.')
  return new DaxError('malformed', 'The request cannot be read.', {}, error)
}
