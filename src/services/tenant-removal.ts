import { DaxError, type ErrorCode } from '../core/errors.ts'
import type { TenantRecord } from '../core/model.ts'
import { COUNTED } from '../core/quota.ts'
import type { Clock } from '../ports/clock.ts'
import type { Call } from './call.ts'
import type { Claims } from './claims.ts'
import type { Leases } from './leases.ts'
import { need, needStill } from './lookup.ts'
import type { MappingBroker } from './mapping-broker.ts'
import type { Namespaces } from './namespaces.ts'
import type { TaskControl } from './running-task.ts'
import { countOf } from './tenant-rules.ts'
import type { StateView } from './world/state.ts'
import { checkRevision, type Transaction } from './world/transaction.ts'
import type { World } from './world/world.ts'

/** The longest delay of one timer; what takes a holder's memory back ends long before. */
const WAIT_MAX_MS = 2 ** 31 - 1

/** How often what could not be taken yet is asked for again. */
const ASKED_AGAIN_MS = 1000

/** What passes by itself: others are at it already, or somebody still has to let go. */
const PASSING: readonly ErrorCode[] = [
  'in_transition',
  'stale_holders',
  'draining',
  'host_hung',
  'overloaded',
]

/** What a tenant's things are taken from it with. */
export interface TakingDeps {
  readonly world: World
  readonly clock: Clock
  readonly claims: Claims
  readonly leases: Leases
  readonly broker: MappingBroker
  readonly namespaces: Namespaces
}

/** Who asks, and which revision of it. */
type Asking = Pick<Call<void>, 'caller' | 'ifMatch' | 'note' | 'remember'>

/**
 * Takes from a tenant all that it has, and forgets it when nothing is left. What cannot be taken
 * yet is waited for, as long as that takes: an admin may cancel, and ask again.
 * @throws DaxError what the host refuses; the tenant stays `deleting`, and gets nothing new.
 */
export async function removeTenant(
  deps: TakingDeps,
  name: string,
  call: Asking,
  control: TaskControl,
): Promise<void> {
  const { world } = deps
  const tenant = await markLeaving(world, name, call)
  const end = Promise.withResolvers<never>()
  end.promise.catch(() => undefined)
  control.cancellable(() => end.reject(new DaxError('cancelled', 'The operation was cancelled.')))
  for (;;) {
    control.checkCancelled()
    // Another deletion may have been quicker, and the name may be the next tenant's.
    needStill(world.working, 'tenant', name, tenant)
    await takeAll(deps, tenant, call, end.promise)
    if (leftOf(world.working, name).length === 0) return forgetTenant(world, tenant, call)
    await Promise.race([pause(deps), end.promise])
  }
}

/**
 * @throws DaxError `tenant_busy` (EBUSY) while something is the tenant's; `no_such_tenant` when it
 *   is gone already.
 */
export async function forgetTenant(
  world: World,
  before: TenantRecord,
  call: Asking,
): Promise<void> {
  const { name } = before
  await world.commit((tx) => {
    const tenant = needStill(tx.view, 'tenant', name, before)
    const left = leftOf(tx.view, name)
    if (left.length > 0) {
      throw new DaxError('tenant_busy', `Tenant ${name} has ${left.join(', ')}.`)
    }
    tx.remove('tenant', tenant)
    call.remember?.(tx, undefined)
  })
}

function leftOf(view: StateView, name: string): string[] {
  const counts = COUNTED.map((what) => [what, countOf(view, name, what)] as const)
  return counts.filter(([, count]) => count > 0).map(([what, count]) => `${count} ${what}`)
}

/** From here on it gets nothing new, so that what is taken from it stays taken. */
function markLeaving(world: World, name: string, call: Asking): Promise<TenantRecord> {
  return world.commit((tx) => {
    const tenant = need(tx.view, 'tenant', name)
    checkRevision(tenant, call.ifMatch)
    call.note?.(tx, 'begun')
    if (tenant.state === 'active') tx.update('tenant', tenant, { state: 'deleting' })
    return tenant
  })
}

/**
 * Claims first, for they own the most of it, and their parts go with them. What is gone by itself
 * meanwhile is no failure, and one refusal keeps nothing else from being taken.
 */
async function takeAll(
  { world, claims, leases, broker, namespaces }: TakingDeps,
  tenant: TenantRecord,
  { caller, note }: Asking,
  cancelled: Promise<never>,
): Promise<void> {
  // What is taken for the tenant's end is a part of that one call.
  const remember = (tx: Transaction): void => note?.(tx, 'begun')
  const asked = { caller, note: remember, remember }
  const call = { ...asked, windowMs: WAIT_MAX_MS, view: () => null } as const
  const revoke = { ifBusy: 'revoke' } as const
  const refusals: unknown[] = []
  const each = async (kind: Taken, take: (key: string) => Promise<unknown>): Promise<void> => {
    for (const { key, seq } of thingsOf(world.working, kind, tenant.name)) {
      // While the ones before were taken, this one may have gone by itself, and what bears the
      // name now, or the tenant's, may be another's.
      const isOurs = world.working.get('tenant', tenant.name)?.seq === tenant.seq
      if (!isOurs || world.working.get(kind, key)?.seq !== seq) continue
      const taken = take(key).catch((error: unknown) => {
        if (!isPassing(error)) refusals.push(error)
      })
      await Promise.race([taken, cancelled])
    }
  }
  await each('claim', async (key) => claims.remove(key, revoke, call))
  await each('lease', (key) => leases.end(key, call))
  await each('mapping', (key) => broker.unmap(key, call))
  await each('handle', (key) => broker.close(key, call))
  await each('namespace', async (key) => namespaces.remove(key, revoke, call))
  if (refusals.length > 0) throw refusals[0]
}

type Taken = 'claim' | 'lease' | 'mapping' | 'handle' | 'namespace'

/** What is a tenant's; what belongs to a claim goes with that. */
function thingsOf(view: StateView, kind: Taken, tenant: string): { key: string; seq: number }[] {
  const things: { key: string; seq: number }[] = []
  for (const record of view.after(kind, -1)) {
    const isOfClaim = 'claim' in record && record.claim !== null
    if (record.tenant !== tenant || isOfClaim) continue
    things.push({ key: 'name' in record ? record.name : record.id, seq: record.seq })
  }
  return things
}

function isPassing(error: unknown): boolean {
  if (!(error instanceof DaxError)) return false
  return error.errno === 'ENOENT' || PASSING.includes(error.code)
}

function pause({ clock }: TakingDeps): Promise<void> {
  return new Promise((resolve) => void clock.after(ASKED_AGAIN_MS, resolve))
}
