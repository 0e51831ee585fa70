/** The file of tokens: what is known of each, which is not the token itself. */
import { z } from 'zod'
import { ROLES } from '../core/principal.ts'
import { TENANT_NAME_PATTERN, TENANT_NAME_RULE } from '../core/tenant-name.ts'
import { checkShape } from './check-shape.ts'

/** Of the state directory. */
export const TOKEN_FILE_NAME = 'tokens.json'
const VERSION = 1
/** Tokens in one file, ended ones included. */
export const TOKENS_MAX = 10_000
const NAME_PATTERN = /^[^\p{Cc}\p{Cs}]{1,64}$/u
const NOTE_PATTERN = /^[^\p{Cc}\p{Cs}]{0,256}$/u

const instant = z.iso.datetime()

/** Who a principal is, as files say it. */
export const identityFields = {
  name: z.string().regex(NAME_PATTERN, 'must be 1 to 64 printable characters'),
  role: z.enum(ROLES),
  tenant: z.string().regex(TENANT_NAME_PATTERN, TENANT_NAME_RULE).nullable(),
}

/** A role `tenant` is nobody's without one. */
export const TENANT_NEEDED = 'the role "tenant" needs a tenant'

const tokenRecord = z
  .strictObject({
    id: z.string().regex(/^[0-9a-f]{16}$/, 'is not the id of a token'),
    ...identityFields,
    sha256: z.string().regex(/^[0-9a-f]{64}$/, 'is not a digest'),
    created_at: instant,
    expires_at: instant.nullable(),
    revoked_at: instant.nullable(),
    note: z.string().regex(NOTE_PATTERN, 'must be at most 256 printable characters'),
  })
  .refine(({ role, tenant }) => role !== 'tenant' || tenant !== null, TENANT_NEEDED)

const tokenFile = z.strictObject({
  version: z.literal(VERSION),
  tokens: z.array(tokenRecord).max(TOKENS_MAX),
})

/** What the file keeps of a token. `sha256` is that of the whole text that callers show. */
export type TokenRecord = Readonly<z.output<typeof tokenRecord>>

/** @throws Error with one sentence's reason when this is not a file of ours. */
export function parseTokens(text: string): readonly TokenRecord[] {
  const { tokens } = checkShape(tokenFile, parseJson(text))
  if (new Set(tokens.map(({ id }) => id)).size < tokens.length) throw new Error('an id is twice')
  return tokens
}

/** JSON's own messages quote the text. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Error('it is not JSON')
  }
}

/** @throws Error when one of the tokens is none. */
export function renderTokens(tokens: readonly TokenRecord[]): string {
  const file = checkShape(tokenFile, { version: VERSION, tokens })
  return `${JSON.stringify(file, null, 2)}\n`
}

/** Why a token does not count any more, null while it does. */
export function endOf(
  { expires_at, revoked_at }: Pick<TokenRecord, 'expires_at' | 'revoked_at'>,
  nowMs: number,
): TokenEnd | null {
  if (revoked_at !== null) return 'revoked'
  return expires_at !== null && Date.parse(expires_at) <= nowMs ? 'expired' : null
}

export type TokenEnd = 'revoked' | 'expired'
