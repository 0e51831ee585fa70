import { join } from 'node:path'
import type { Config } from './config.ts'
import { createAuthenticator } from './identity/create-authenticator.ts'
import { openIdentities } from './identity/identities-file.ts'
import { openKnownTokens } from './identity/known-tokens.ts'
import { openTlsFiles, type TlsFiles } from './identity/tls-files.ts'
import { TOKEN_FILE_NAME } from './identity/token-records.ts'
import type { IdentityFigures } from './metrics/identity-metrics.ts'
import type { Authenticator } from './ports/authenticator.ts'
import type { Log } from './ports/log.ts'
import { UsageError } from './usage-error.ts'

/** Who may come in, and how what they say is kept from others. */
export interface Identity {
  readonly authenticate: Authenticator
  readonly tls: TlsFiles | null
  /** What on the disk is not in force since it cannot be used; the log says more. */
  problems(): string[]
  figures(): IdentityFigures
  close(): void
}

/**
 * Opens what the configuration names for knowing callers.
 * @throws DaxError or UsageError when some of it cannot be used.
 */
export function openIdentity(config: Config, log: Log): Identity {
  const { stateDirectory, token: adminToken } = config
  const tokens = openKnownTokens({ path: join(stateDirectory, TOKEN_FILE_NAME), log })
  const identities = config.identities === null ? null : openIdentities(config.identities, log)
  const hasCertificates = identities?.current().has.certificates === true
  if (hasCertificates && config.tls?.clientCa == null) {
    throw new UsageError(`${config.identities} has certificates, which need --client-ca FILE.`)
  }
  const tls = config.tls === null ? null : openTlsFiles(config.tls, log)
  const keyProblems = (): readonly string[] => identities?.current().jwt.problems() ?? []
  return {
    authenticate: createAuthenticator({ tokens, adminToken, identities }),
    tls,
    problems: () => [
      ...(tokens.problem() === null ? [] : [toldOf('tokens')]),
      ...(identities?.problem() == null ? [] : [toldOf('identities')]),
      ...keyProblems().map(() => toldOf("an issuer's keys")),
      ...(tls?.problem() == null ? [] : [toldOf('certificate')]),
    ],
    figures() {
      const { nextEndMs, ...counts } = tokens.figures()
      return {
        tokens: counts,
        nextTokenEndMs: nextEndMs,
        certificateEndMs: tls?.endsMs() ?? null,
        problems: {
          tokens: tokens.problem() !== null,
          identities: identities?.problem() != null,
          issuer_keys: keyProblems().length > 0,
          certificate: tls?.problem() != null,
        },
      }
    },
    close: () => tls?.close(),
  }
}

/** Probes are everybody's, so no path is told. */
function toldOf(what: string): string {
  return `${what}: cannot be read anew; what was read before is in force`
}
