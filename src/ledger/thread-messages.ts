import type { ErrorCode } from '../core/errors.ts'
import type { AuditHead, AuditPage, AuditQuery } from '../ports/audit.ts'
import type { LedgerEvents } from '../ports/ledger.ts'
import type { ChainLook } from './audit-chain.ts'
import type { ChangeBatch } from './change-batch.ts'
import type { Head } from './head.ts'
import type { RowChunk } from './ledger-reader.ts'

/** What the ledger's thread is started with. */
export interface ThreadSettings {
  readonly directory: string
  readonly eventsKept: number
  readonly auditKept: number
  readonly commitStallMs: number
}

/** What the thread can be asked; it answers in the order of asking. */
export type Request =
  | { readonly ask: 'open' }
  | {
      readonly ask: 'commit'
      readonly batch: ChangeBatch
      readonly audits: readonly string[]
    }
  | { readonly ask: 'rows'; readonly from: number }
  | { readonly ask: 'reply'; readonly id: string }
  | { readonly ask: 'events'; readonly after: number | null; readonly limit: number }
  | { readonly ask: 'audit'; readonly query: AuditQuery }
  | { readonly ask: 'auditHead' }
  | {
      readonly ask: 'auditLook'
      /** Null begins a look. */
      readonly from: ChainLook | null
      readonly expectedHash: string | null
    }
  | { readonly ask: 'close' }

/** The answer to each question. */
export interface Answers {
  readonly open: Head
  readonly commit: null
  readonly rows: RowChunk
  readonly reply: string | null
  readonly events: LedgerEvents
  readonly audit: AuditPage
  readonly auditHead: AuditHead
  readonly auditLook: {
    readonly look: ChainLook
    /** The chain's as it was at the end of the look, null before that. */
    readonly head: AuditHead | null
  }
  readonly close: null
}

/** A DaxError on its way between threads, where classes do not survive. */
export interface Failure {
  readonly code: ErrorCode
  readonly detail: string
  readonly cause: unknown
}

export type Reply =
  | { readonly ok: true; readonly answer: Answers[Request['ask']] }
  | { readonly ok: false; readonly failure: Failure }
