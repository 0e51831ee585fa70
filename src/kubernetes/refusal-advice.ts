import type { ProblemView } from '../../schemas/problem.ts'
import { formatSize } from '../core/size-text.ts'
import { bytes } from '../core/units.ts'
import { DaxdError } from './daxd-error.ts'

/** How much of daxd's reasons an event shows: Kubernetes cuts an event's message at 1024 bytes. */
const ISSUES_SHOWN_MAX = 3
/** How daxd passes over the regions that nobody has asked for. */
const OTHER_REGION = 'its id is '

const AGAIN = 'The kubelet tries again by itself.'
const NO_ROOM =
  'The pod stays where it is: delete it, so that it is scheduled anew, delete pods that hold ' +
  'memory there, ask for less, or raise the share of the region for Kubernetes.'

const OWN_TENANT =
  "A tenant's token makes claims of its own alone: its tenant must be defined at daxd, be called " +
  'as the share (--share), and have the name_prefix k8s- (for the device plugin: dp-).'

/** What to do about a refusal; a code that is not here speaks for itself. */
const ADVICE: Partial<Record<ProblemView['code'], string>> = {
  no_space: NO_ROOM,
  no_region: NO_ROOM,
  no_hole: NO_ROOM,
  share_exhausted: NO_ROOM,
  quota_exhausted: `${NO_ROOM} Or raise the quota of the driver's tenant: PUT /v1/tenants/{name}.`,
  forbidden: OWN_TENANT,
  forbidden_name: OWN_TENANT,
  tenant_unknown: OWN_TENANT,
  no_such_share:
    'The region has no share of that name for Kubernetes: set one with PATCH /v1/regions/{id}, ' +
    'or start the driver with the right --share.',
  no_pool:
    'No namespace there takes slices: create one with "pool": true in the same share, or leave ' +
    'out sharing: slice.',
  unsupported_align: 'Ask for another align in the opaque parameters; the device lists its own.',
  in_transition: `The memory of an earlier use is still being given back. ${AGAIN}`,
  busy: `It is released when these processes have let go of it. ${AGAIN}`,
  cdi_failed: 'See to the CDI directory of the node (daxd --cdi-dir): missing, read-only or full.',
  needs_repair: 'See GET /v1/reconciliation of daxd on the node.',
  name_taken: 'An administrator must release that claim at daxd.',
}

/** A failure as the pod's events tell it: what is wrong, and what to do about it. */
export function explain(error: unknown): string {
  if (!(error instanceof DaxdError)) return error instanceof Error ? error.message : String(error)
  const { problem, status } = error
  if (problem !== null) return explainProblem(problem)
  if (status === 0) {
    return `${error.message}. Is the daxd pod of this node running? ${AGAIN}`
  }
  if (status === 401 || status === 403) {
    return `${error.message}. daxd does not take the driver's token: see --daxd-token-file.`
  }
  return error.message
}

/** The same of a problem that daxd keeps with an object. */
export function explainProblem(problem: ProblemView): string {
  const facts = (problem.issues ?? [])
    .filter(({ message }) => !message.startsWith(OTHER_REGION))
    .slice(0, ISSUES_SHOWN_MAX)
    .map(({ path, message }) => `${path}: ${message}`)
  const { available_size: free, max_available_extent: hole } = problem
  // Where a place has said why, the figures of the whole host only mislead.
  if (facts.length === 0) {
    if (free !== undefined) facts.push(`${formatSize(bytes(free))} are free`)
    if (hole !== undefined) facts.push(`the largest hole has ${formatSize(bytes(hole))}`)
  }
  for (const holder of (problem.holders ?? []).slice(0, ISSUES_SHOWN_MAX)) {
    facts.push(`held by ${holderName(holder)}`)
  }
  const told = `daxd: ${problem.detail ?? problem.title}`
  const advice = ADVICE[problem.code]
  return [
    facts.length === 0 ? told : `${told} (${facts.join('; ')})`,
    ...(advice === undefined ? [] : [advice]),
  ].join(' ')
}

function holderName(holder: NonNullable<ProblemView['holders']>[number]): string {
  if ('pid' in holder) return `pid ${holder.pid} (${holder.comm})`
  return holder.kind === 'others' ? `${holder.count} others` : holder.id
}
