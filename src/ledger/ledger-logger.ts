/** What the ledger needs of a logger; pino's satisfies it. */
export interface LedgerLogger {
  info(fields: object, message: string): void
  error(fields: object, message: string): void
}
