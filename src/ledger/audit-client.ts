import type { AuditTrail } from '../ports/audit.ts'
import type { ChainLook } from './audit-chain.ts'
import { checkAuditQuery } from './audit-filter.ts'
import type { ThreadCaller } from './thread-caller.ts'

/** Runs a question to the thread in its turn, or refuses it when the ledger is closed. */
type Turn = <T>(run: () => Promise<T>) => Promise<T>

/** The audit as the main thread sees it. */
export function createTrailClient(caller: ThreadCaller, inTurn: Turn): AuditTrail {
  const lookOn = (from: ChainLook | null, expectedHash: string | null) =>
    inTurn(() => caller.ask({ ask: 'auditLook', from, expectedHash }))

  return {
    auditHead: () => inTurn(() => caller.ask({ ask: 'auditHead' })),
    audit: (query) =>
      inTurn(async () => {
        checkAuditQuery(query)
        return caller.ask({ ask: 'audit', query })
      }),
    async verifyAudit(expectedHash) {
      let piece = await lookOn(null, expectedHash)
      // Each piece has a turn of its own, so that commits come between them.
      while (piece.head === null) piece = await lookOn(piece.look, expectedHash)
      const { entries, broken, expected } = piece.look
      return { head: piece.head, entries, broken, expected }
    },
  }
}
