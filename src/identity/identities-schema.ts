/** The file of identities, as people write it: which credentials are whom. */
import { parse } from 'yaml'
import { z } from 'zod'
import { checkShape } from './check-shape.ts'
import { identityFields, TENANT_NEEDED } from './token-records.ts'

const ENTRIES_MAX = 10_000
const ISSUERS_MAX = 16
const TEXT_LENGTH_MAX = 1024
const CLAIM_DEPTH_MAX = 8

const text = z.string().min(1).max(TEXT_LENGTH_MAX)
const whom = {
  role: identityFields.role,
  tenant: identityFields.tenant.default(null),
}
const named = { ...whom, name: identityFields.name.exactOptional() }

interface Whom {
  readonly role: string
  readonly tenant: string | null
}

function hasTenant({ role, tenant }: Whom): boolean {
  return role !== 'tenant' || tenant !== null
}

const certificate = z
  .strictObject({
    ...named,
    common_name: text.exactOptional(),
    uri: text.exactOptional(),
    dns: text.exactOptional(),
  })
  .refine(hasTenant, TENANT_NEEDED)
  .refine(
    (entry) => [entry.common_name, entry.uri, entry.dns].filter(Boolean).length === 1,
    'needs one of common_name, uri and dns',
  )

/** A claim by its name, or by the way to it through objects. */
const claim = z.union([text.transform((name) => [name]), z.array(text).min(1).max(CLAIM_DEPTH_MAX)])

const jwtPrincipal = z
  .strictObject({ ...named, claim, value: text })
  .refine(hasTenant, TENANT_NEEDED)

const httpsUrl = z.url({ protocol: /^https$/, error: 'must be an https URL' })

const issuer = z
  .strictObject({
    issuer: text,
    audience: z.union([text.transform((one) => [one]), z.array(text).min(1).max(ISSUERS_MAX)]),
    jwks_file: text.exactOptional(),
    jwks_url: httpsUrl.exactOptional(),
    jwks_ca_file: text.exactOptional(),
    jwks_token_file: text.exactOptional(),
    name_claim: claim.default(['sub']),
    principals: z.array(jwtPrincipal).min(1).max(ENTRIES_MAX),
  })
  .refine(
    ({ jwks_file, jwks_url }) => (jwks_file === undefined) !== (jwks_url === undefined),
    'needs one of jwks_file and jwks_url',
  )
  .refine(
    ({ jwks_url, jwks_ca_file, jwks_token_file }) =>
      jwks_url !== undefined || (jwks_ca_file ?? jwks_token_file) === undefined,
    'jwks_ca_file and jwks_token_file go with jwks_url',
  )

const socket = z.union([z.literal(false), z.strictObject(named).refine(hasTenant, TENANT_NEEDED)])

const identities = z.strictObject({
  certificates: z.array(certificate).max(ENTRIES_MAX).default([]),
  jwt: z
    .array(issuer)
    .max(ISSUERS_MAX)
    .refine(
      (issuers) => new Set(issuers.map((one) => one.issuer)).size === issuers.length,
      'an issuer is there twice',
    )
    .default([]),
  socket: socket.exactOptional(),
})

export type CertificateEntry = z.output<typeof certificate>
export type IssuerEntry = z.output<typeof issuer>
export type SocketEntry = z.output<typeof socket>
export type IdentitiesDocument = z.output<typeof identities>

/** @throws Error with one sentence's reason. */
export function parseIdentities(yaml: string): IdentitiesDocument {
  return checkShape(identities, parse(yaml) ?? {})
}
