/** An issuer of JWTs, as a cluster's API server is one. */
import { generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto'
import { type JWTPayload, SignJWT } from 'jose'

export const ISSUER = 'https://kubernetes.default.svc.cluster.local'

export interface Issuer {
  /** Its key set, as JSON. */
  readonly jwks: string
  readonly publicKey: KeyObject
  /** A JWT of these claims, by its key or by another. */
  sign(claims: JWTPayload, how?: { alg?: string; kid?: string; key?: KeyObject }): Promise<string>
}

const CURVES = { rsa: 'RS256', ec: 'ES256', ed25519: 'EdDSA' } as const

export function createIssuer(kind: keyof typeof CURVES = 'rsa'): Issuer {
  const { publicKey, privateKey } = pairOf(kind)
  const id = randomUUID()
  const usual = CURVES[kind]
  const jwk = { ...publicKey.export({ format: 'jwk' }), kid: id, alg: usual, use: 'sig' }
  return {
    jwks: JSON.stringify({ keys: [jwk] }),
    publicKey,
    sign: (claims, { alg = usual, kid = id, key = privateKey } = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg, kid }).sign(key),
  }
}

function pairOf(kind: keyof typeof CURVES) {
  if (kind === 'rsa') return generateKeyPairSync('rsa', { modulusLength: 2048 })
  if (kind === 'ec') return generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return generateKeyPairSync('ed25519')
}

/**
 * The claims of a token that the kubelet projects into a pod (bound to it, with an audience), as
 * `kubectl create token --audience=daxd --bound-object-kind=Pod` makes them.
 */
export function serviceAccountClaims(namespace = 'batch', name = 'worker') {
  const now = Math.floor(Date.now() / 1000)
  return {
    aud: ['daxd'],
    exp: now + 3600,
    iat: now,
    iss: ISSUER,
    jti: randomUUID(),
    'kubernetes.io': {
      namespace,
      node: { name: 'node-1', uid: randomUUID() },
      pod: { name: `${name}-0`, uid: randomUUID() },
      serviceaccount: { name, uid: randomUUID() },
      warnafter: now + 3000,
    },
    nbf: now,
    sub: `system:serviceaccount:${namespace}:${name}`,
  }
}
