import { readFileSync } from 'node:fs'
import { createDaxdClient } from '../kubernetes/daxd-client.ts'
import { UsageError } from '../usage-error.ts'
import type { NodeFlags } from './node-programs.ts'

/**
 * For all attempts of a call: with the API server's own, less than the kubelet's 45 s; and a stop
 * waits for it, for which a pod has 30 s.
 */
const DAXD_TIMEOUT_MS = 18_000

/** A client of the daxd that the flags name. @throws Error for a token file that is not there. */
export function daxdOf({ daxd: address, daxdTokenFile: tokenFile }: NodeFlags) {
  if (tokenFile !== undefined) readFileSync(tokenFile)
  const token = tokenFile === undefined ? {} : { tokenFile }
  return createDaxdClient({ address, timeoutMs: DAXD_TIMEOUT_MS, ...token })
}

/** @throws UsageError with the same sentence: what the flags name cannot be used. */
export function asUsage(error: unknown): never {
  throw new UsageError(error instanceof Error ? error.message : String(error))
}
