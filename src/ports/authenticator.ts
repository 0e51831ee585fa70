/** Who asks: what a request shows of its caller, and what comes of it. */
import type { DaxError } from '../core/errors.ts'
import type { Principal } from '../core/principal.ts'

/** A certificate that the client showed in the TLS handshake. */
export interface ClientCertificate {
  /** An authority that we trust has signed it for this use; else it is a wrong credential. */
  readonly isTrusted: boolean
  /** The subject's common name, null when there is none or more than one. */
  readonly commonName: string | null
  /** Alternative names of the subject. */
  readonly uris: readonly string[]
  readonly dnsNames: readonly string[]
  /** Until when it is good, milliseconds since the epoch: a connection may outlive it. */
  readonly notAfterMs: number
}

/** What a request shows, before any of it is believed. */
export interface Shown {
  readonly certificate: ClientCertificate | null
  /** The header of that name. */
  readonly authorization: string | undefined
  /** It came over our unix socket, which only some may open. */
  readonly isLocalSocket: boolean
  /** Its source has shown many wrong credentials: only what nobody can guess is looked at. */
  readonly isSuspect: boolean
}

/** Somebody who is known. */
export interface Recognised {
  readonly principal: Principal
  /** False once the credential has ended; what lasts longer than a request asks again. */
  readonly isStill: () => boolean
}

/** Somebody who is not. */
export interface Unrecognised {
  readonly refusal: DaxError
  /** Why, for the operator; nothing of a secret is in it. */
  readonly reason: string
  /** A wrong credential was shown, as who guesses does. */
  readonly isWrong: boolean
}

export type Recognition = Recognised | Unrecognised

/** Tells who asks. The first credential that is shown decides, whatever another would do. */
export type Authenticator = (shown: Shown) => Recognition | Promise<Recognition>
