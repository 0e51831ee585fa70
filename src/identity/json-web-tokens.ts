import { decodeJwt, errors, type JWTPayload, jwtVerify } from 'jose'
import { DaxError } from '../core/errors.ts'
import type { Principal } from '../core/principal.ts'
import type { Recognised, Recognition, Unrecognised } from '../ports/authenticator.ts'
import type { Log } from '../ports/log.ts'
import { claimHas, claimValue } from './claim-value.ts'
import type { IssuerEntry } from './identities-schema.ts'
import { type IssuerKeys, openIssuerKeys } from './issuer-keys.ts'
import { identityFields } from './token-records.ts'
import { wrong } from './unrecognised.ts'

/** Signatures by keys of which we hold the public half only: what we know makes no token. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const CLOCK_SKEW_S = 30
/** A verdict is not made anew for so long; changed keys or identities end it at once. */
const VERDICT_KEPT_MS = 60_000
const VERDICTS_MAX = 1024
/** JWTs being checked at once, which may wait for an issuer's keys. */
const CHECKS_MAX = 256

/** Whose a JWT is. */
export interface JsonWebTokens {
  /** The verdict that is kept for a JWT of this digest. */
  known(digest: Buffer): Recognised | null
  recognise(text: string, digest: Buffer): Promise<Recognition>
  problems(): string[]
}

interface Issuer {
  readonly entry: IssuerEntry
  readonly keys: IssuerKeys
}

interface Verdict {
  readonly recognised: Recognised
  readonly untilMs: number
}

/** @throws DaxError `malformed` when a file of keys cannot be used from the start. */
export function openJsonWebTokens(
  entries: readonly IssuerEntry[],
  log: Log,
  isCurrent: () => boolean,
): JsonWebTokens {
  const issuers = new Map(
    entries.map((entry): [string, Issuer] => [
      entry.issuer,
      { entry, keys: openIssuerKeys(entry, log) },
    ]),
  )
  const verdicts = new Map<string, Verdict>()
  const checks = new Map<string, Promise<Recognition>>()

  function keep(key: string, recognised: Recognised): void {
    const [oldest] = verdicts.keys()
    if (verdicts.size >= VERDICTS_MAX && oldest !== undefined) verdicts.delete(oldest)
    verdicts.set(key, { recognised, untilMs: performance.now() + VERDICT_KEPT_MS })
  }

  async function check(text: string, key: string): Promise<Recognition> {
    const issuer = issuers.get(issuerOf(text) ?? '')
    if (issuer === undefined) return wrong('a JWT of no issuer that is known here')
    const recognition = await verify(text, issuer, isCurrent)
    if ('principal' in recognition) keep(key, recognition)
    return recognition
  }

  return {
    known(digest) {
      const key = digest.toString('base64')
      const verdict = verdicts.get(key)
      if (verdict === undefined) return null
      if (performance.now() < verdict.untilMs && verdict.recognised.isStill()) {
        return verdict.recognised
      }
      verdicts.delete(key)
      return null
    },
    recognise(text, digest) {
      const key = digest.toString('base64')
      const running = checks.get(key)
      if (running !== undefined) return running
      if (checks.size >= CHECKS_MAX) return Promise.resolve(tooMany())
      const begun = check(text, key).finally(() => checks.delete(key))
      checks.set(key, begun)
      return begun
    },
    problems: () => [...issuers.values()].flatMap(({ keys }) => keys.problem() ?? []),
  }
}

function tooMany(): Unrecognised {
  const refusal = new DaxError('overloaded', 'Too many JWTs are being checked; come back later.')
  return { refusal, reason: 'too many JWTs are being checked', isWrong: false }
}

/** Who a JWT says has made it; nothing of this is proved. */
function issuerOf(text: string): string | null {
  try {
    const { iss } = decodeJwt(text)
    return typeof iss === 'string' ? iss : null
  } catch {
    return null
  }
}

async function verify(
  text: string,
  { entry, keys }: Issuer,
  isCurrent: () => boolean,
): Promise<Recognition> {
  const version = keys.version()
  try {
    const { payload } = await jwtVerify(text, keys.find, {
      algorithms: ALGORITHMS,
      issuer: entry.issuer,
      audience: [...entry.audience],
      requiredClaims: ['exp'],
      clockTolerance: CLOCK_SKEW_S,
    })
    const principal = principalOf(payload, entry)
    if (principal === null) return wrong('a valid JWT that is nobody here')
    const endMs = (Number(payload.exp) + CLOCK_SKEW_S) * 1000
    return {
      principal,
      isStill: () => Date.now() < endMs && keys.version() === version && isCurrent(),
    }
  } catch (error) {
    if (error instanceof DaxError) {
      return { refusal: error, reason: error.message, isWrong: false }
    }
    // Expiry is looked at after the signature, so this is told to none but who has a real one.
    if (error instanceof errors.JWTExpired) return wrong('an expired JWT', 'The JWT is expired.')
    return wrong(error instanceof errors.JOSEError ? `a wrong JWT: ${error.code}` : 'a broken JWT')
  }
}

function principalOf(claims: JWTPayload, entry: IssuerEntry): Principal | null {
  const found = entry.principals.find(({ claim, value }) => claimHas(claims, claim, value))
  if (found === undefined) return null
  const name = identityFields.name.safeParse(found.name ?? claimValue(claims, entry.name_claim))
  if (!name.success) return null
  return { name: name.data, role: found.role, tenant: found.tenant, via: 'jwt' }
}
