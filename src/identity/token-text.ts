/** Tokens as callers show them: `daxd_<id>_<secret>`, the one for finding, the other for proof. */
import { hash, randomBytes } from 'node:crypto'

const ID_BYTES = 8
const SECRET_BYTES = 32
const PATTERN = /^daxd_([0-9a-f]{16})_[\w-]{43}$/

/** A token that nobody knows yet. */
export interface NewToken {
  readonly id: string
  readonly text: string
}

/** Makes a token out of the machine's chance. */
export function makeToken(): NewToken {
  const id = randomBytes(ID_BYTES).toString('hex')
  return { id, text: `daxd_${id}_${randomBytes(SECRET_BYTES).toString('base64url')}` }
}

/** The id in a token, null for what is none of our making. */
export function idOfToken(text: string): string | null {
  return PATTERN.exec(text)?.[1] ?? null
}

/**
 * What is kept of a credential. A fast hash is right: 32 random bytes cannot be tried out however
 * fast, so a slow hash, made for passwords, would only slow down every request.
 */
export function digestOf(text: string): Buffer {
  return hash('sha256', text, 'buffer')
}
