import { DaxError } from '../core/errors.ts'
import type { TenantRecord } from '../core/model.ts'
import type { Quota } from '../core/quota.ts'
import type { Wipe } from '../core/vocabulary.ts'
import type { Call, LongCall } from './call.ts'
import { need } from './lookup.ts'
import type { Made } from './namespaces.ts'
import type { Followed, Operations } from './operations.ts'
import { forgetTenant, removeTenant, type TakingDeps } from './tenant-removal.ts'
import { CLAIMS_PREFIX } from './tenant-rules.ts'
import { raiseWipes } from './wipe-minimum.ts'
import type { StateView } from './world/state.ts'
import { checkRevision, type Transaction } from './world/transaction.ts'

/** Tenants of one host at most; each is looked at when another's prefix is chosen. */
const TENANTS_COUNT_MAX = 1000

/** What a tenant shall be; what is absent gets its default. */
export interface TenantRequest {
  readonly name_prefix?: string
  readonly wipe: Wipe
  readonly quota: Quota
  readonly labels: TenantRecord['labels']
}

/** The teams that share a host: what each may have. */
export interface Tenants {
  /** Defines a tenant, or changes what it may have; what it has already is left to it. */
  put(
    name: string,
    request: TenantRequest,
    call: Call<Made<TenantRecord>>,
  ): Promise<Made<TenantRecord>>
  /**
   * Forgets a tenant. With `revoke` all that it has is taken from it first, users or not, and
   * waited for: what is being made or taken back already, and memory that is to be wiped. Without
   * it a tenant that has something is refused.
   */
  remove(name: string, revoke: boolean, call: LongCall<void>): Promise<Followed<void>>
}

export interface TenantDeps extends TakingDeps {
  readonly operations: Operations
}

/** Who asks, and which revision of it. */
type Asking = Pick<Call<unknown>, 'caller' | 'ifMatch' | 'note'>

/** The tenants of a daemon. */
export function createTenants(deps: TenantDeps): Tenants {
  const { world, operations } = deps
  return {
    put: (name, request, call) =>
      world.commit((tx) => {
        const made = putTenant(tx, name, request, call)
        call.remember?.(tx, made)
        return made
      }),
    remove(name, revoke, call) {
      const tenant = need(world.working, 'tenant', name)
      checkRevision(tenant, call.ifMatch)
      const about = { verb: 'delete-tenant', target: { kind: 'tenant', id: name } } as const
      return operations.follow({ ...about, total: 0 }, call, (control) =>
        revoke ? removeTenant(deps, name, call, control) : forgetTenant(world, tenant, call),
      )
    },
  }
}

function putTenant(
  tx: Transaction,
  name: string,
  request: TenantRequest,
  call: Asking,
): Made<TenantRecord> {
  const { name_prefix = `${name}.`, wipe, quota, labels } = request
  requireFreePrefix(tx.view, name, name_prefix)
  const known = tx.view.get('tenant', name)
  const fields = { name_prefix, wipe, quota, labels }
  if (known !== undefined) {
    checkRevision(known, call.ifMatch)
    if (known.state === 'deleting') {
      throw new DaxError('tenant_leaving', `Tenant ${name} is being deleted.`)
    }
    const record = tx.update('tenant', known, fields)
    raiseWipes(tx, 'none')
    return { record, created: false }
  }
  if (call.ifMatch !== undefined) {
    throw new DaxError('precondition_failed', `There is no tenant ${name}.`)
  }
  if (tx.view.count('tenant') >= TENANTS_COUNT_MAX) {
    throw new DaxError('malformed', `A host has ${TENANTS_COUNT_MAX} tenants at most.`)
  }
  return { record: tx.create('tenant', { name, state: 'active', ...fields }), created: true }
}

/**
 * A name must tell its tenant, so no prefix may begin another, nor a name of another tenant: of a
 * prefix that it had before, or that of claims' own namespaces.
 */
function requireFreePrefix(view: StateView, name: string, prefix: string): void {
  if (CLAIMS_PREFIX.startsWith(prefix) || prefix.startsWith(CLAIMS_PREFIX)) {
    const detail = `Prefix ${JSON.stringify(prefix)} meets ${JSON.stringify(CLAIMS_PREFIX)} of claims.`
    throw new DaxError('prefix_taken', detail)
  }
  for (const other of view.after('tenant', -1)) {
    if (other.name === name) continue
    const { name_prefix: taken } = other
    if (!taken.startsWith(prefix) && !prefix.startsWith(taken)) continue
    const detail = `Prefix ${JSON.stringify(prefix)} meets ${JSON.stringify(taken)} of ${other.name}.`
    throw new DaxError('prefix_taken', detail)
  }
  for (const kind of ['claim', 'namespace'] as const) refuseNamesOfOthers(view, kind, name, prefix)
}

function refuseNamesOfOthers(
  view: StateView,
  kind: 'claim' | 'namespace',
  tenant: string,
  prefix: string,
): void {
  for (const { name, tenant: owner } of view.after(kind, -1)) {
    if (owner === null || owner === tenant || !name.startsWith(prefix)) continue
    const detail = `Prefix ${JSON.stringify(prefix)} begins ${name} of ${owner}.`
    throw new DaxError('prefix_taken', detail)
  }
}
