import { z } from 'zod'

const KEYS_MAX = 256

/** A JSON Web Key Set (RFC 7517), as far as must be known before its keys are used. */
export const jwksDocument = z.looseObject({
  keys: z
    .array(z.looseObject({ kty: z.string() }))
    .min(1)
    .max(KEYS_MAX),
})
