/** The public keys of an issuer of JWTs, from a file or from its own URL. */
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JWTVerifyGetKey,
} from 'jose'
import { DaxError } from '../core/errors.ts'
import type { Log } from '../ports/log.ts'
import { checkShape } from './check-shape.ts'
import { fetchKeys } from './fetch-keys.ts'
import type { IssuerEntry } from './identities-schema.ts'
import { jwksDocument } from './jwks-document.ts'
import { watchFile } from './watched-file.ts'

const FETCH_TIMEOUT_MS = 5000
/** An unknown key asks for a fetch at most this often, and so does an issuer that fails. */
const COOL_DOWN_MS = 30_000
const FAILURE_COOL_DOWN_MS = 5000
const KEYS_AGE_MAX_MS = 600_000
/** While the issuer cannot be reached, the keys of its last answer count for so long. */
const KEPT_WITHOUT_ISSUER_MS = 3_600_000

/** An issuer's keys. */
export interface IssuerKeys {
  /** The key that a JWT names. @throws DaxError `keys_unavailable` when they cannot be had. */
  readonly find: JWTVerifyGetKey
  /** Another value once the keys have changed and earlier verdicts no longer count. */
  version(): unknown
  problem(): string | null
}

/** @throws DaxError `malformed` when a file cannot be used from the start. */
export function openIssuerKeys(entry: IssuerEntry, log: Log): IssuerKeys {
  const { jwks_file: path, jwks_url: url } = entry
  return path === undefined ? remoteKeys(entry, url ?? '', log) : fileKeys(path, log)
}

function fileKeys(path: string, log: Log): IssuerKeys {
  const file = watchFile({
    path,
    parse: (text) => createLocalJWKSet(checkShape(jwksDocument, JSON.parse(text))),
    log,
  })
  return {
    find: (header, token) => file.current()(header, token),
    version: file.current,
    problem: file.problem,
  }
}

function remoteKeys(entry: IssuerEntry, url: string, log: Log): IssuerKeys {
  const { issuer, jwks_ca_file: caFile, jwks_token_file: tokenFile } = entry
  let failure: { readonly error: unknown; readonly at: number } | null = null
  let fetchedAt = Number.NEGATIVE_INFINITY
  const keys = createRemoteJWKSet(new URL(url), {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cooldownDuration: COOL_DOWN_MS,
    cacheMaxAge: KEYS_AGE_MAX_MS,
    async [customFetch](from, { headers, signal }) {
      if (failure !== null && performance.now() - failure.at < FAILURE_COOL_DOWN_MS) {
        throw failure.error
      }
      try {
        const answer = await fetchKeys({ url: from, headers, signal, caFile, tokenFile })
        failure = null
        fetchedAt = performance.now()
        return answer
      } catch (error) {
        failure = { error, at: performance.now() }
        log.warn({ issuer, url, err: error }, "an issuer's keys cannot be fetched")
        throw error
      }
    },
  })
  return {
    async find(header, token) {
      try {
        return await keys(header, token)
      } catch (error) {
        if (isOfTheToken(error)) throw error
        const last = keys.jwks()
        if (last !== undefined && performance.now() - fetchedAt < KEPT_WITHOUT_ISSUER_MS) {
          return createLocalJWKSet(last)(header, token)
        }
        throw new DaxError('keys_unavailable', `The keys of ${issuer} cannot be had.`, {}, error)
      }
    },
    version: () => keys,
    problem: () => (failure === null ? null : `the keys of ${issuer} cannot be fetched.`),
  }
}

/** True when the keys are there and the JWT names none of them, or names one wrongly. */
function isOfTheToken(error: unknown): boolean {
  return (
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys ||
    error instanceof errors.JOSENotSupported
  )
}
