import type { ClaimPut } from '../../schemas/claim.ts'
import type { NamespaceView } from '../../schemas/namespace.ts'
import { holderOf, labelsOf, type Owner, recordName } from './claim-records.ts'
import { regionOfDevice } from './device-names.ts'
import { type DraParameters, readParameters } from './dra-parameters.ts'
import type { ClaimTriple } from './dra-services.ts'
import { bytesOfQuantity } from './quantity.ts'
import type { AllocationResult } from './resource-claim.ts'

/** A namespace that is handed out whole, and how many bytes its device has. */
export interface WholeNamespace {
  readonly namespace: NamespaceView
  readonly size: number
}

/** What one device of an allocation is asked of daxd by: `PUT /v1/claims/{name}`. */
export interface ClaimPlan {
  readonly name: string
  readonly body: ClaimPut
}

/** A plan, or the sentence that the pod's events shall carry. */
export type PlanOutcome = { readonly plan: ClaimPlan } | { readonly error: string }

export interface PlanInput {
  readonly owner: Owner
  /** The share of every region that is Kubernetes' own. */
  readonly share: string
  readonly triple: ClaimTriple
  readonly result: AllocationResult
  /** The namespace that the device's name means; null when it means a region. */
  readonly whole: WholeNamespace | null
}

/**
 * What daxd is asked for one device of an allocation. Pure, and the same for the same allocation,
 * however often it is called: daxd answers a repeated request with the claim that is there.
 */
export function planClaim(input: PlanInput): PlanOutcome {
  const { owner, triple, result } = input
  const { key } = result
  if (key.pool !== owner.nodeName) {
    return { error: `Device ${key.device} is of pool ${key.pool}, and this is ${owner.nodeName}.` }
  }
  if (result.adminAccess) {
    return { error: `Request ${key.request} asks for adminAccess, which gives no memory here.` }
  }
  const read = readParameters(result.parameters)
  if ('error' in read) return read
  const placed = input.whole === null ? inRegion(input, read.parameters) : whole(input.whole, read)
  if ('error' in placed) return placed
  const { access, wipe, owner: nodeOwner } = read.parameters
  return {
    plan: {
      name: recordName(triple.uid, key),
      body: {
        holder: holderOf(triple),
        labels: labelsOf(owner, triple, key),
        // Pods of others come next, so what was written is scrubbed unless somebody says no.
        wipe: wipe ?? 'on_release',
        ...(access === undefined ? {} : { access }),
        ...(nodeOwner === undefined ? {} : { cdi: nodeOwner }),
        ...placed.place,
      },
    },
  }
}

type Place = Pick<ClaimPut, 'size' | 'sharing' | 'selector' | 'share' | 'align'>
type PlaceOutcome = { readonly place: Place } | { readonly error: string }

function inRegion({ result, share }: PlanInput, parameters: DraParameters): PlaceOutcome {
  const { device, request } = result.key
  const region = regionOfDevice(device)
  if (region === null) return { error: `This node has no device ${device} any more.` }
  const size = sizeOf(result.size)
  if (typeof size === 'string') return { error: `Device ${device} of request ${request} ${size}` }
  const { align, sharing } = parameters
  if (align !== undefined && size % align !== 0) {
    return {
      error:
        `Request ${request} got ${size} bytes, which is no multiple of the align ${align}: daxd ` +
        'would take more than the scheduler has counted. Ask for a capacity that is a multiple.',
    }
  }
  return {
    place: {
      size,
      sharing: sharing ?? 'dedicated',
      selector: { region },
      share,
      ...(align === undefined ? {} : { align }),
    },
  }
}

/** All of a namespace is one slice of it, so nobody else's finds room beside it. */
function whole(
  { namespace, size }: WholeNamespace,
  { parameters }: { readonly parameters: DraParameters },
): PlaceOutcome {
  if (!namespace.pool) {
    return {
      error:
        `Namespace ${namespace.name} cannot be handed out: it was not created with "pool": true. ` +
        'Delete it at daxd and create it so.',
    }
  }
  if (parameters.sharing !== undefined || parameters.align !== undefined) {
    return {
      error:
        `Namespace ${namespace.name} is handed out whole and as it is: leave sharing and align ` +
        'out of the opaque parameters.',
    }
  }
  const { share, name } = namespace
  return {
    place: {
      size,
      sharing: 'slice',
      selector: { namespace: name },
      ...(share === null ? {} : { share }),
    },
  }
}

/** The bytes, or what is wrong with them. */
function sizeOf(quantity: string | null): number | string {
  if (quantity === null) {
    return (
      'was allocated without a size: the cluster needs Kubernetes 1.36, or the feature gate ' +
      'DRAConsumableCapacity; without it hand out whole namespaces.'
    )
  }
  try {
    const size = bytesOfQuantity(quantity)
    if (size > 0n && size <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(size)
  } catch {
    // Told below, as what the API server answered.
  }
  return `was allocated with a size that is none: ${quantity}.`
}
