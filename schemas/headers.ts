/** Request headers with a meaning of their own. Others pass: proxies and clients add many. */
import { z } from 'zod'

const IDEMPOTENCY_KEY_PATTERN = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/

const ifMatch = z
  .string()
  .max(1024)
  .exactOptional()
  .describe('The ETag that the object must still have; 412 when it has changed.')

const prefer = z
  .string()
  .max(256)
  .exactOptional()
  .describe('`wait=N`: answer as a synchronous call would when it is done within N seconds.')

const idempotencyKey = z
  .string()
  .regex(IDEMPOTENCY_KEY_PATTERN, 'must be 1 to 255 printable ASCII characters')
  .exactOptional()
  .describe('Replays the remembered answer of the same request, for at least 24 hours.')

const fencingToken = z
  .string()
  .regex(/^[1-9]\d{0,15}$/, 'must be the token of a lease')
  .exactOptional()
  .describe('The token of the lease under which this is done; 410 when that has ended.')

/** Headers of a POST. */
export const postHeaders = z.looseObject({
  'idempotency-key': idempotencyKey,
  'if-match': ifMatch,
  'daxd-fencing-token': fencingToken,
  prefer,
})
export type PostHeaders = z.output<typeof postHeaders>

/** Headers of a PUT, a PATCH or a DELETE. */
export const changeHeaders = z.looseObject({
  'if-match': ifMatch,
  'daxd-fencing-token': fencingToken,
  prefer,
})
export type ChangeHeaders = z.output<typeof changeHeaders>
