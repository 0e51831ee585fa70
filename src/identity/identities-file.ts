import type { Principal } from '../core/principal.ts'
import type { Log } from '../ports/log.ts'
import {
  type CertificatePrincipals,
  createCertificatePrincipals,
} from './certificate-principals.ts'
import { parseIdentities, type SocketEntry } from './identities-schema.ts'
import { type JsonWebTokens, openJsonWebTokens } from './json-web-tokens.ts'
import { type WatchedFile, watchFile } from './watched-file.ts'

/** Whom credentials that daxd did not make stand for. */
export interface Identities {
  readonly certificates: CertificatePrincipals
  readonly jwt: JsonWebTokens
  /** Who comes over the unix socket and shows nothing; null when that is nobody. */
  readonly socket: Principal | null
  /** What the file holds, for the start to see whether it can all be used. */
  readonly has: { readonly certificates: boolean; readonly jwt: boolean }
}

/** Who may open the socket may do everything, unless the file says otherwise. */
export const SOCKET_DEFAULT: Principal = {
  name: 'socket',
  role: 'admin',
  tenant: null,
  via: 'socket',
}

/** @throws DaxError `malformed` when the file, or one that it names, cannot be used. */
export function openIdentities(path: string, log: Log): WatchedFile<Identities> {
  const file = watchFile({ path, log, parse: (text) => identitiesOf(text, log, isCurrent) })
  function isCurrent(identities: Identities): boolean {
    return file.current() === identities
  }
  return file
}

function identitiesOf(
  text: string,
  log: Log,
  isCurrent: (identities: Identities) => boolean,
): Identities {
  const document = parseIdentities(text)
  const identities: Identities = {
    certificates: createCertificatePrincipals(document.certificates, () => isCurrent(identities)),
    jwt: openJsonWebTokens(document.jwt, log, () => isCurrent(identities)),
    socket: socketOf(document.socket),
    has: { certificates: document.certificates.length > 0, jwt: document.jwt.length > 0 },
  }
  return identities
}

function socketOf(entry: SocketEntry | undefined): Principal | null {
  if (entry === undefined) return SOCKET_DEFAULT
  if (entry === false) return null
  const { name = SOCKET_DEFAULT.name, role, tenant } = entry
  return { name, role, tenant, via: 'socket' }
}
