import { invariant } from '../core/invariant.ts'
import type { Principal } from '../core/principal.ts'
import type { ClientCertificate, Recognition } from '../ports/authenticator.ts'
import type { CertificateEntry } from './identities-schema.ts'
import { wrong } from './unrecognised.ts'

/** Whose a certificate is. */
export type CertificatePrincipals = (certificate: ClientCertificate) => Recognition

type Kind = 'common_name' | 'uri' | 'dns'

/** By the entries of the file of identities; of several that fit the first one counts. */
export function createCertificatePrincipals(
  entries: readonly CertificateEntry[],
  isCurrent: () => boolean,
): CertificatePrincipals {
  const places = new Map<string, number>()
  const principals = entries.map((entry, at) => {
    const [kind, value] = subjectOf(entry)
    const key = `${kind} ${value}`
    if (!places.has(key)) places.set(key, at)
    const { name = value, role, tenant } = entry
    return { name, role, tenant, via: 'certificate' } satisfies Principal
  })
  return (certificate) => {
    if (!certificate.isTrusted) return wrong('a certificate of no authority that is trusted here')
    const isStill = (): boolean => Date.now() < certificate.notAfterMs && isCurrent()
    if (Date.now() >= certificate.notAfterMs) {
      return wrong('the certificate is expired', 'The certificate is expired.')
    }
    const found = keysOf(certificate).flatMap((key) => places.get(key) ?? [])
    const principal = principals[Math.min(...found)]
    if (principal === undefined) return wrong('a trusted certificate that is nobody here')
    return { principal, isStill }
  }
}

function subjectOf({ common_name, uri, dns }: CertificateEntry): readonly [Kind, string] {
  if (uri !== undefined) return ['uri', uri]
  if (dns !== undefined) return ['dns', dns]
  invariant(common_name !== undefined, 'the schema asks for one of the three')
  return ['common_name', common_name]
}

function keysOf({ commonName, uris, dnsNames }: ClientCertificate): string[] {
  return [
    ...(commonName === null ? [] : [`common_name ${commonName}`]),
    ...uris.map((uri) => `uri ${uri}`),
    ...dnsNames.map((name) => `dns ${name}`),
  ]
}
