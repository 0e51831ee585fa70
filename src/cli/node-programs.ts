/** What the programs that serve a kubelet on a node have in common: flags, and daxd's address. */
import { readFileSync } from 'node:fs'
import { Option } from 'commander'
import { LISTEN_DEFAULT, LOG_LEVELS } from '../config.ts'
import { createDaxdClient } from '../kubernetes/daxd-client.ts'
import { UsageError } from '../usage-error.ts'

export const KUBELET_DIRECTORY_DEFAULT = '/var/lib/kubelet'
export const SHARE_DEFAULT = 'kubernetes'
/**
 * For all attempts of a call: with the API server's own, less than the kubelet's 45 s; and a stop
 * waits for it, for which a pod has 30 s.
 */
const DAXD_TIMEOUT_MS = 18_000

/** The flags that say which daxd, and which node. */
export interface NodeFlags {
  readonly daxd: string
  readonly daxdTokenFile?: string
  readonly nodeName: string
  readonly share: string
  readonly kubeletDir: string
  readonly logLevel: string
}

/** Options for {@link NodeFlags}, in the order in which help shows them. */
export function nodeOptions(): Option[] {
  return [
    new Option('--daxd <where>', 'http://HOST:PORT or unix:PATH of the daxd of this node')
      .env('DAXD_ADDRESS')
      .default(`http://${LISTEN_DEFAULT}`),
    new Option('--daxd-token-file <file>', 'the bearer token that daxd asks for').env(
      'DAXD_CLIENT_TOKEN_FILE',
    ),
    new Option('--node-name <name>', 'this node, as Kubernetes calls it')
      .env('NODE_NAME')
      .makeOptionMandatory(),
  ]
}

/** How much such a program logs. */
export function logLevelOption(): Option {
  return new Option('--log-level <level>', 'how much is logged')
    .choices([...LOG_LEVELS])
    .default('info')
}

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
