import { DaxError } from '../core/errors.ts'
import type { Unrecognised } from '../ports/authenticator.ts'

/** A wrong credential. The caller is told only what `detail` says, the operator the reason, too. */
export function wrong(reason: string, detail = 'The credentials are not valid.'): Unrecognised {
  return { refusal: new DaxError('unauthorized', detail), reason, isWrong: true }
}

/** Nothing was shown. */
export function missing(): Unrecognised {
  const refusal = new DaxError('unauthorized', 'Valid credentials are needed.')
  return { refusal, reason: 'no credentials', isWrong: false }
}
