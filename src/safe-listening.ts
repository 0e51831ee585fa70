import { join } from 'node:path'
import type { Config } from './config.ts'
import { listTokens } from './identity/token-file.ts'
import { TOKEN_FILE_NAME } from './identity/token-records.ts'
import { isLocal } from './listen-address.ts'
import { UsageError } from './usage-error.ts'

/**
 * Beyond this host daxd listens only with TLS and to callers whom it knows, unless it is told in so
 * many words that others see to that.
 * @throws UsageError that says what is missing.
 */
export function requireSafeListening(config: Config): void {
  const { listen, tls, insecureNoTls } = config
  if (isLocal(listen)) return
  if (!asksForCredentials(config) && !config.insecureNoAuth) {
    throw new UsageError(
      'Listening beyond loopback needs callers to be known: make tokens with "daxd token create" ' +
        `(${join(config.stateDirectory, TOKEN_FILE_NAME)} has none), or give --identities FILE or ` +
        '--token-file FILE, or --insecure-no-auth to let everyone in.',
    )
  }
  if (tls !== null || insecureNoTls) return
  throw new UsageError(
    'Listening beyond loopback needs TLS: give --tls-cert FILE and --tls-key FILE, or ' +
      '--insecure-no-tls where a proxy encrypts in front of it.',
  )
}

/**
 * Where there are tenants, callers are told apart: a lost `tokens.json` or a ledger that was put
 * back without it must not make everybody the admin of all of them.
 * @throws UsageError that says what is missing.
 */
export function requireKnownCallers(config: Config, tenants: number): void {
  if (tenants === 0 || config.insecureNoAuth || asksForCredentials(config)) return
  throw new UsageError(
    `The ledger has tenants (${tenants}), but nobody would be asked who it is: put ` +
      `${join(config.stateDirectory, TOKEN_FILE_NAME)} back or make tokens with "daxd token create", ` +
      'give --identities FILE or --token-file FILE, or --insecure-no-auth to let everyone in.',
  )
}

/** What an operator should be reminded of at every start. */
export function warningsOf(config: Config): string[] {
  const { listen, tls, insecureNoAuth, insecureNoTls } = config
  const isOpen = insecureNoAuth && !asksForCredentials(config)
  const isPlain = insecureNoTls && tls === null && !isLocal(listen)
  return [
    ...(isOpen ? ['no authentication: whoever can connect can do everything'] : []),
    ...(isPlain ? ['no TLS: credentials and data go over the network in clear'] : []),
  ]
}

function asksForCredentials({ token, identities, stateDirectory }: Config): boolean {
  return token !== null || identities !== null || listTokens(stateDirectory).length > 0
}
