import { DaxError } from '../core/errors.ts'
import type { TenantRecord } from '../core/model.ts'
import { COUNTED, type Quota } from '../core/quota.ts'
import type { Kind, Wipe } from '../core/vocabulary.ts'
import type { Call, LongCall } from './call.ts'
import type { Claims } from './claims.ts'
import type { Leases } from './leases.ts'
import { need } from './lookup.ts'
import type { MappingBroker } from './mapping-broker.ts'
import type { Made, Namespaces } from './namespaces.ts'
import type { Followed, Operations } from './operations.ts'
import type { TaskControl } from './running-task.ts'
import { CLAIMS_PREFIX, countOf } from './tenant-rules.ts'
import { raiseWipes } from './wipe-minimum.ts'
import type { StateView } from './world/state.ts'
import { checkRevision, type Transaction } from './world/transaction.ts'
import type { World } from './world/world.ts'

/** Tenants of one host at most; each is looked at when another's prefix is chosen. */
const TENANTS_COUNT_MAX = 1000

/** The longest delay of one timer; what takes a holder's memory back ends long before. */
const WAIT_MAX_MS = 2 ** 31 - 1

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
   * Forgets a tenant. With `revoke` all that it has is taken from it first, users or not; without
   * it a tenant that has something is refused.
   */
  remove(name: string, revoke: boolean, call: LongCall<void>): Promise<Followed<void>>
}

export interface TenantDeps {
  readonly world: World
  readonly operations: Operations
  readonly claims: Claims
  readonly leases: Leases
  readonly broker: MappingBroker
  readonly namespaces: Namespaces
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
      return operations.follow({ ...about, total: 0 }, call, async (control) => {
        if (revoke) {
          await markLeaving(world, name, call)
          await takeAll(deps, name, call, control)
        }
        await forget(world, name, call)
      })
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

/** From here on it gets nothing new, so that what is taken from it stays taken. */
async function markLeaving(world: World, name: string, call: Asking): Promise<void> {
  await world.commit((tx) => {
    const tenant = need(tx.view, 'tenant', name)
    checkRevision(tenant, call.ifMatch)
    call.note?.(tx, 'begun')
    if (tenant.state === 'active') tx.update('tenant', tenant, { state: 'deleting' })
  })
}

/** Claims first, for they own the most of it; what is gone by itself meanwhile is no failure. */
async function takeAll(
  { world, claims, leases, broker, namespaces }: TenantDeps,
  name: string,
  { caller, note }: Asking,
  control: TaskControl,
): Promise<void> {
  // What is taken for the tenant's end is a part of that one call.
  const remember = (tx: Transaction): void => note?.(tx, 'begun')
  const asked = { caller, note: remember, remember }
  const call = { ...asked, windowMs: WAIT_MAX_MS, view: () => null } as const
  const revoke = { ifBusy: 'revoke' } as const
  const each = async (kind: Kind, take: (key: string) => Promise<unknown>): Promise<void> => {
    for (const key of keysOf(world.durable, kind, name)) {
      control.checkCancelled()
      await take(key).catch(ignoreGone)
    }
  }
  await each('claim', (key) => claims.remove(key, revoke, call))
  await each('lease', (key) => leases.end(key, call))
  await each('mapping', (key) => broker.unmap(key, call))
  await each('handle', (key) => broker.close(key, call))
  await each('namespace', (key) => namespaces.remove(key, revoke, call))
}

function keysOf(view: StateView, kind: Kind, tenant: string): string[] {
  const keys: string[] = []
  for (const record of view.after(kind, -1)) {
    const owned = record as { tenant?: string | null; name?: string; id?: string }
    if (owned.tenant === tenant) keys.push(owned.name ?? owned.id ?? '')
  }
  return keys
}

function ignoreGone(error: unknown): void {
  if (error instanceof DaxError && error.errno === 'ENOENT') return
  throw error
}

/** @throws DaxError `tenant_busy` (EBUSY) while something is the tenant's. */
async function forget(world: World, name: string, call: LongCall<void>): Promise<void> {
  await world.commit((tx) => {
    const tenant = need(tx.view, 'tenant', name)
    const has = COUNTED.map((what) => [what, countOf(tx.view, name, what)] as const)
    const left = has.filter(([, count]) => count > 0)
    if (left.length > 0) {
      const told = left.map(([what, count]) => `${count} ${what}`).join(', ')
      throw new DaxError('tenant_busy', `Tenant ${name} has ${told}.`)
    }
    tx.remove('tenant', tenant)
    call.remember?.(tx, undefined)
  })
}
