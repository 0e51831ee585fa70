import { z } from 'zod'
import type { ResultKey } from './claim-records.ts'
import type { KubeObject } from './kube-api.ts'

/** One device of an allocation, as the scheduler wrote it down. */
export interface AllocationResult {
  readonly key: ResultKey
  /** A Kubernetes quantity; null when the cluster knows no consumable capacity. */
  readonly size: string | null
  readonly adminAccess: boolean
  /** What class and claim say to the driver about this request, in the order of their weight. */
  readonly parameters: readonly unknown[]
}

/** What Prepare needs to know of a ResourceClaim. */
export interface ResourceClaim {
  readonly uid: string
  /** The results for our driver; null while nothing is allocated. */
  readonly results: readonly AllocationResult[] | null
}

const result = z.object({
  request: z.string(),
  driver: z.string(),
  pool: z.string(),
  device: z.string(),
  shareID: z.string().nullish(),
  adminAccess: z.boolean().nullish(),
  consumedCapacity: z.record(z.string(), z.string()).nullish(),
})

const config = z.object({
  source: z.string(),
  requests: z.array(z.string()).nullish(),
  opaque: z.object({ driver: z.string(), parameters: z.unknown() }).nullish(),
})

const resourceClaim = z.object({
  metadata: z.object({ uid: z.string() }),
  status: z
    .object({
      allocation: z
        .object({
          devices: z
            .object({ results: z.array(result).nullish(), config: z.array(config).nullish() })
            .nullish(),
        })
        .nullish(),
    })
    .nullish(),
})

const CAPACITY = 'size'
const FROM_CLASS = 'FromClass'

/** The path of a ResourceClaim at the API server. */
export function resourceClaimPath(claim: { readonly namespace: string; readonly name: string }) {
  const [namespace, name] = [claim.namespace, claim.name].map(encodeURIComponent)
  return `/apis/resource.k8s.io/v1/namespaces/${namespace}/resourceclaims/${name}`
}

/**
 * Reads what the API server answers, with only this driver's results.
 * @throws ZodError when it is no ResourceClaim of `resource.k8s.io/v1`.
 */
export function readResourceClaim(object: KubeObject, driverName: string): ResourceClaim {
  const { metadata, status } = resourceClaim.parse(object)
  const allocation = status?.allocation
  if (allocation === null || allocation === undefined) return { uid: metadata.uid, results: null }
  const configs = byWeight(allocation.devices?.config ?? [])
  const results = (allocation.devices?.results ?? [])
    .filter(({ driver }) => driver === driverName)
    .map(({ request, pool, device, shareID, adminAccess, consumedCapacity }) => ({
      key: { request, pool, device, shareId: shareID ?? null },
      size: consumedCapacity?.[CAPACITY] ?? null,
      adminAccess: adminAccess ?? false,
      parameters: configs
        .filter(({ requests }) => applies(requests ?? [], request))
        .flatMap(({ opaque }) => (opaque?.driver === driverName ? [opaque.parameters] : [])),
    }))
  return { uid: metadata.uid, results }
}

/** The request that a pod's container names: of `req/sub`, a choice of a list, only `req`. */
export function parentRequest(request: string): string {
  return request.split('/', 1)[0] ?? request
}

function byWeight<T extends { readonly source: string }>(configs: readonly T[]): readonly T[] {
  const isClass = ({ source }: T): boolean => source === FROM_CLASS
  return [...configs.filter(isClass), ...configs.filter((one) => !isClass(one))]
}

/** No names means all requests; the name of a request means each of its choices, too. */
function applies(requests: readonly string[], request: string): boolean {
  if (requests.length === 0) return true
  return requests.includes(request) || requests.includes(parentRequest(request))
}
