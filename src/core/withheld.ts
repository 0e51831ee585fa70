import type { ErrorCode } from './error-codes.ts'
import { DaxError } from './errors.ts'
import type { Kind } from './vocabulary.ts'

/** An object that somebody has asked for. */
export interface Asked {
  readonly kind: Kind
  readonly id: string
  /** Whose it is, null for the host's own. */
  readonly tenant: string | null
}

/**
 * A refusal for lack of rights that is told as if the object were not there. What it was about is
 * for the audit alone.
 */
export class Withheld extends DaxError {
  readonly asked: Asked

  constructor(code: ErrorCode, detail: string, asked: Asked) {
    super(code, detail)
    this.asked = asked
  }
}

/** Refusals of what the caller may not do, whatever is there. */
const RIGHTS: readonly ErrorCode[] = ['forbidden', 'forbidden_name', 'tenant_unknown']

/** A refusal for lack of rights, as the audit has it. */
export interface Denial {
  /** As the caller was told. */
  readonly code: ErrorCode
  /** What was told not to be there; null where the caller was told that it may not. */
  readonly asked: Asked | null
}

/** The lack of rights behind a failure, null when that is not the reason. */
export function denialOf(error: unknown): Denial | null {
  if (!(error instanceof DaxError)) return null
  if (error instanceof Withheld) return { code: error.code, asked: error.asked }
  if (RIGHTS.includes(error.code)) return { code: error.code, asked: null }
  // A failure told anew, as that of a batch, has what it was before as its cause.
  return denialOf(error.cause)
}
