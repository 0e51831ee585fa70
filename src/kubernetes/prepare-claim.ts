import type { ClaimView } from '../../schemas/claim.ts'
import type { DeviceView } from '../../schemas/device.ts'
import type { NamespaceView } from '../../schemas/namespace.ts'
import { planClaim, type WholeNamespace } from './claim-plan.ts'
import { LABELS, type Owner } from './claim-records.ts'
import type { DaxdClient } from './daxd-client.ts'
import { isRefusal } from './daxd-error.ts'
import { namespaceDeviceName, regionOfDevice } from './device-names.ts'
import type { ClaimTriple, PrepareAnswer, PreparedDevice } from './dra-services.ts'
import { type KubeApi, KubeApiError } from './kube-api.ts'
import { explain, explainProblem } from './refusal-advice.ts'
import {
  type AllocationResult,
  parentRequest,
  readResourceClaim,
  resourceClaimPath,
} from './resource-claim.ts'

/** What the node's side of the driver works with. */
export interface DraDeps {
  readonly daxd: DaxdClient
  readonly kube: KubeApi
  readonly owner: Owner
  /** The share of every region that is Kubernetes' own. */
  readonly share: string
}

/** Of the 45 s that a kubelet waits; what takes longer is found done by its next call. */
const PREPARE_WAIT_S = 10

/** A failure that is told to the user as it is. */
class Refused extends Error {}

/**
 * Gives a ResourceClaim its memory and answers its devices, or why not, in words for the pod's
 * events; throws nothing. All state is daxd's: a repeated call finds what an earlier one, cut short
 * or not, has made, and what it has made without answering.
 */
export async function prepareClaim(deps: DraDeps, triple: ClaimTriple): Promise<PrepareAnswer> {
  try {
    const results = await allocationOf(deps, triple)
    const devices = await Promise.all(results.map((one) => prepareResult(deps, triple, one)))
    return { devices, error: '' }
  } catch (error) {
    return { devices: [], error: error instanceof Refused ? error.message : explain(error) }
  }
}

async function allocationOf(
  { kube, owner }: DraDeps,
  triple: ClaimTriple,
): Promise<readonly AllocationResult[]> {
  const called = `ResourceClaim ${triple.namespace}/${triple.name}`
  const object = await kube.get(resourceClaimPath(triple)).catch((cause: unknown) => {
    if (!(cause instanceof KubeApiError)) throw cause
    if (cause.status === 404) throw new Refused(`${called} is gone.`)
    throw new Refused(`${called} cannot be read from the API server: ${cause.message}`)
  })
  const { uid, results } = readResourceClaim(object, owner.driverName)
  if (uid !== triple.uid) {
    throw new Refused(`${called} is another by now: its uid is ${uid}, not ${triple.uid}.`)
  }
  if (results === null) throw new Refused(`${called} is not allocated.`)
  return results
}

async function prepareResult(
  deps: DraDeps,
  triple: ClaimTriple,
  result: AllocationResult,
): Promise<PreparedDevice> {
  const { owner, share } = deps
  const whole = await wholeNamespace(deps.daxd, result.key.device)
  const outcome = planClaim({ owner, share, triple, result, whole })
  if ('error' in outcome) throw new Refused(outcome.error)
  const claim = await putClaim(deps.daxd, triple, outcome.plan)
  if (claim.cdi_device === null) {
    throw new Refused(
      'daxd gives no CDI devices, so no container can be given its memory: start daxd with a ' +
        'CDI directory (--cdi-dir, --cdi-kind).',
    )
  }
  const { request, pool, device, shareId } = result.key
  return {
    request_names: [parentRequest(request)],
    pool_name: pool,
    device_name: device,
    cdi_device_ids: [claim.cdi_device],
    ...(shareId === null ? {} : { share_id: shareId }),
  }
}

/** The namespace that a device's name means, or null when it means a region. */
async function wholeNamespace(daxd: DaxdClient, device: string): Promise<WholeNamespace | null> {
  if (regionOfDevice(device) !== null) return null
  const namespaces = await daxd.list<NamespaceView>('/v1/namespaces')
  const namespace = namespaces.find(({ name }) => namespaceDeviceName(name) === device)
  if (namespace === undefined) throw new Refused(`This node has no device ${device} any more.`)
  if (namespace.chardev === null) {
    throw new Refused(`Namespace ${namespace.name} is ${namespace.state} and has no device.`)
  }
  const of = await daxd.get<DeviceView>(`/v1/devices/${namespace.chardev}`)
  // Between the two requests the name may have become another's, with less or more memory.
  if (of.namespace !== namespace.name) {
    const detail = `Namespace ${namespace.name} has another device by now.`
    throw new Refused(`${detail} The kubelet tries again by itself.`)
  }
  return { namespace, size: of.size }
}

/** Makes the claim at daxd or finds it, in use. */
async function putClaim(
  daxd: DaxdClient,
  triple: ClaimTriple,
  { name, body }: { readonly name: string; readonly body: object },
): Promise<ClaimView> {
  const path = `/v1/claims/${name}`
  const headers = { prefer: `wait=${PREPARE_WAIT_S}` }
  try {
    const answer = await daxd.call({ method: 'PUT', path, body, headers })
    if (answer.status !== 202) return inUse(answer.body as ClaimView)
  } catch (error) {
    if (!isRefusal(error, 'name_taken')) throw error
    // The same device of the same claim, asked for by other words: of an earlier version of this
    // driver, or with other flags. What containers use already stays as it is.
    const found = await daxd.get<ClaimView>(path)
    if (found.labels[LABELS.claimUid] !== triple.uid) throw error
    return inUse(found)
  }
  throw new Refused('daxd is still making the memory ready. The kubelet tries again by itself.')
}

function inUse(claim: ClaimView): ClaimView {
  if (claim.state === 'active') return claim
  if (claim.problem !== null) throw new Refused(explainProblem(claim.problem))
  throw new Refused(`Claim ${claim.name} at daxd is ${claim.state}. The kubelet tries again.`)
}
