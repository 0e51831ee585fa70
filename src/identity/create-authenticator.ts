import { timingSafeEqual } from 'node:crypto'
import { ANYONE, type Principal } from '../core/principal.ts'
import type { Authenticator, Recognised, Recognition, Shown } from '../ports/authenticator.ts'
import { type Identities, SOCKET_DEFAULT } from './identities-file.ts'
import type { KnownTokens } from './known-tokens.ts'
import { digestOf, idOfToken } from './token-text.ts'
import { missing, wrong } from './unrecognised.ts'
import type { WatchedFile } from './watched-file.ts'

/** Where credentials are looked up; what is null is not configured. */
export interface IdentitySources {
  readonly tokens: Pick<KnownTokens, 'recognise' | 'isInUse'>
  /** The one token of `--token-file`. */
  readonly adminToken: string | null
  readonly identities: WatchedFile<Identities> | null
}

const BEARER_PATTERN = /^bearer +([^\s]+) *$/i
const JWT_PATTERN = /^[\w-]+\.[\w-]+\.[\w-]+$/

const ALWAYS = (): boolean => true
const TOKEN_FILE: Principal = { name: 'token-file', role: 'admin', tenant: null, via: 'token' }
const HOLDER: Recognised = { principal: TOKEN_FILE, isStill: ALWAYS }

/**
 * Tells who asks. A certificate is shown before anything else, then comes the header, and who shows
 * neither may still be known by the socket. Where nothing is configured everybody is anyone.
 */
export function createAuthenticator(sources: IdentitySources): Authenticator {
  const { tokens, adminToken, identities } = sources
  const isAsked = (): boolean => adminToken !== null || identities !== null || tokens.isInUse()
  const unasked = (principal: Principal): Recognised => ({ principal, isStill: () => !isAsked() })
  const anyone = unasked(ANYONE)
  const anyoneLocal = unasked(SOCKET_DEFAULT)
  const bearer = createBearer(sources)
  /** One token for everything is asked of everybody, as ever, unless the file names the socket. */
  const whoIsOnSocket = (): Principal | null => {
    if (identities !== null) return identities.current().socket
    return adminToken === null ? SOCKET_DEFAULT : null
  }
  return (shown) => {
    const { certificate, authorization, isLocalSocket } = shown
    if (certificate !== null) {
      return (
        identities?.current().certificates(certificate) ?? wrong('certificates are nobody here')
      )
    }
    // From when on credentials are asked for, who was let in without is nobody any more.
    if (!isAsked()) return isLocalSocket ? anyoneLocal : anyone
    if (authorization !== undefined) return bearer(authorization, shown)
    const principal = isLocalSocket ? whoIsOnSocket() : null
    return principal === null
      ? missing()
      : { principal, isStill: () => sameAs(whoIsOnSocket(), principal) }
  }
}

function sameAs(one: Principal | null, other: Principal): boolean {
  return one !== null && one.role === other.role && one.tenant === other.tenant
}

type Bearer = (header: string, shown: Shown) => Recognition | Promise<Recognition>

function createBearer({ tokens, adminToken, identities }: IdentitySources): Bearer {
  const adminDigest = adminToken === null ? null : digestOf(adminToken)
  return (header, { isSuspect }) => {
    const [, text] = BEARER_PATTERN.exec(header) ?? []
    if (text === undefined) return wrong('a header that shows no bearer token')
    const digest = digestOf(text)
    // People may have made up this one, so it is not for those to try who guess.
    // Digests are of one length and tell nothing of a shared prefix, so the comparison takes the
    // same time for every wrong token.
    if (adminDigest !== null && !isSuspect && timingSafeEqual(digest, adminDigest)) return HOLDER
    if (idOfToken(text) !== null) return tokens.recognise(text, digest)
    if (identities === null || !JWT_PATTERN.test(text)) return wrong('an unknown bearer token')
    const { jwt } = identities.current()
    const known = jwt.known(digest)
    if (known !== null) return known
    // Checking a signature is work; who has shown many wrong ones gets no more of it.
    return isSuspect ? wrong('an unchecked JWT') : jwt.recognise(text, digest)
  }
}
