import { createHash } from 'node:crypto'
import type { ClaimView } from '../../schemas/claim.ts'
import type { DaxdClient } from './daxd-client.ts'
import type { ClaimTriple } from './dra-services.ts'

/** As much of the digest as keeps a claim's name below daxd's 63 letters. */
const DIGEST_LETTERS = 16
/** daxd's bound for a holder. */
const HOLDER_LENGTH_MAX = 256

/** Which of a ResourceClaim's devices this is: what the scheduler tells them apart by. */
export interface ResultKey {
  readonly request: string
  readonly pool: string
  readonly device: string
  readonly shareId: string | null
}

/** Whose claims these are: of which driver on which node. */
export interface Owner {
  readonly driverName: string
  readonly nodeName: string
}

export const LABELS = {
  driver: 'daxd.io/driver',
  node: 'daxd.io/node',
  claimUid: 'daxd.io/claim-uid',
  claimNamespace: 'daxd.io/claim-namespace',
  claimName: 'daxd.io/claim-name',
  request: 'daxd.io/request',
  device: 'daxd.io/device',
} as const

/**
 * The name of the claim at daxd for one device of a ResourceClaim. The same device of the same
 * claim always gets the same name, which is what makes every call repeatable; daxd's claims are the
 * driver's only records.
 */
export function recordName(uid: string, key: ResultKey): string {
  const parts = JSON.stringify([key.request, key.pool, key.device, key.shareId])
  const digest = createHash('sha256').update(parts).digest('hex').slice(0, DIGEST_LETTERS)
  return `k8s-${uid}-${digest}`
}

/**
 * Who holds the memory, in words. Not the pod, since a claim may be handed from pod to pod, and a
 * repeated call must ask daxd for the very same.
 */
export function holderOf({ namespace, name, uid }: ClaimTriple): string {
  const text = `kubernetes/${namespace}/${name}`
  return `${text.slice(0, HOLDER_LENGTH_MAX - uid.length - 1)}/${uid}`
}

/** The labels by which a claim at daxd is found again as this driver's. */
export function labelsOf(owner: Owner, triple: ClaimTriple, key: ResultKey) {
  return {
    [LABELS.driver]: owner.driverName,
    [LABELS.node]: owner.nodeName,
    [LABELS.claimUid]: triple.uid,
    [LABELS.claimNamespace]: triple.namespace,
    [LABELS.claimName]: triple.name,
    [LABELS.request]: key.request,
    [LABELS.device]: key.device,
  }
}

function isOwn(owner: Owner, { labels }: ClaimView): boolean {
  return labels[LABELS.driver] === owner.driverName && labels[LABELS.node] === owner.nodeName
}

/** What daxd has for one ResourceClaim, in any state. */
export async function recordsOf(
  daxd: DaxdClient,
  owner: Owner,
  triple: ClaimTriple,
): Promise<readonly ClaimView[]> {
  const holder = encodeURIComponent(holderOf(triple))
  const held = await daxd.list<ClaimView>(`/v1/claims?holder=${holder}`)
  return held.filter(
    (record) => isOwn(owner, record) && record.labels[LABELS.claimUid] === triple.uid,
  )
}

/** Everything that daxd has for this driver, by the ResourceClaim it is for. */
export async function recordsByClaim(
  daxd: DaxdClient,
  owner: Owner,
): Promise<ReadonlyMap<string, { triple: ClaimTriple; records: readonly ClaimView[] }>> {
  const found = new Map<string, { triple: ClaimTriple; records: ClaimView[] }>()
  for (const record of await daxd.list<ClaimView>('/v1/claims')) {
    if (!isOwn(owner, record)) continue
    const { labels } = record
    const uid = labels[LABELS.claimUid] ?? ''
    const triple = {
      uid,
      namespace: labels[LABELS.claimNamespace] ?? '',
      name: labels[LABELS.claimName] ?? '',
    }
    const entry = found.get(uid) ?? { triple, records: [] }
    entry.records.push(record)
    found.set(uid, entry)
  }
  return found
}
