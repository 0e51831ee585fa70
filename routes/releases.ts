import type { Removal } from '../src/services/namespace-removal.ts'
import type { Revoked } from '../src/services/quiet.ts'
import type { AnswerSpec } from './respond.ts'

/** How a removal is answered: 204, or 200 where a revoke has something to tell. */
export function releaseSpec({ ifBusy }: Removal): AnswerSpec<Revoked> {
  const tells = ifBusy === 'revoke'
  return {
    status: () => (tells ? 200 : 204),
    view: (revoked) => (tells ? { revoked } : undefined),
    alwaysLong: ifBusy === 'drain',
  }
}
