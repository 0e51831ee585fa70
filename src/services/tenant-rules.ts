import { DaxError } from '../core/errors.ts'
import type { NamespaceRecord, TenantRecord } from '../core/model.ts'
import { type Counted, requireBytes, requireCount, type Usage } from '../core/quota.ts'
import type { Bytes } from '../core/units.ts'
import { need } from './lookup.ts'
import { reshapeIntent } from './reshape-intent.ts'
import type { StateView } from './world/state.ts'

/** What the names of dedicated claims' own namespaces begin with, whosever the claims are. */
export const CLAIMS_PREFIX = 'claim.'

/**
 * What a tenant has of bytes, whoever looks: its namespaces, and its slices of pools that are not
 * its own, for those are in its namespaces already.
 */
export function usageOf(view: StateView, tenant: string): Usage {
  const by = { media: {} as Record<string, number>, region: {} as Record<string, number> }
  let bytes = 0
  const count = (region: number, size: number): void => {
    const { media } = need(view, 'region', String(region))
    bytes += size
    by.media[media.type] = (by.media[media.type] ?? 0) + size
    by.region[region] = (by.region[region] ?? 0) + size
  }
  for (const namespace of view.after('namespace', -1)) {
    if (namespace.tenant === tenant) count(namespace.region, sizeOf(view, namespace))
  }
  for (const { tenant: owner, request, namespace, length } of view.after('claim', -1)) {
    if (owner !== tenant || request.sharing !== 'slice' || namespace === null) continue
    const pool = view.get('namespace', namespace)
    if (pool !== undefined && pool.tenant !== tenant) count(pool.region, length)
  }
  return { bytes, bytes_by_media: by.media, bytes_by_region: by.region }
}

/** What grows has taken what it grows by, though the host is still at it: others ask meanwhile. */
function sizeOf(view: StateView, { size, device }: NamespaceRecord): number {
  const intent = device === null ? null : reshapeIntent(view, device)
  return intent === null ? size : Math.max(size, intent.fields.size)
}

/** How many objects of a kind a tenant has. */
export function countOf(view: StateView, tenant: string, what: Counted): number {
  return view.index.countOf(what, tenant)
}

/**
 * Asked in the transaction that takes the bytes, so that nothing can come in between; the host's
 * own takings are nobody's quota.
 * @throws DaxError `quota_exhausted` (ENOSPC), `tenant_unknown`, `tenant_leaving`.
 */
export function takeBytes(
  view: StateView,
  tenant: string | null,
  region: number,
  size: Bytes,
): void {
  if (tenant === null) return
  const { quota } = living(view, tenant)
  const { media } = need(view, 'region', String(region))
  requireBytes(tenant, quota, usageOf(view, tenant), { size, region, media: media.type })
}

/** The same for one more object. @throws DaxError as {@link takeBytes}. */
export function takeCount(view: StateView, tenant: string | null, what: Counted): void {
  if (tenant === null) return
  requireCount(tenant, living(view, tenant).quota, what, countOf(view, tenant, what))
}

/**
 * Names are the whole host's; a tenant's begin with its prefix, so that one that is taken tells
 * nothing of others.
 * @throws DaxError `forbidden_name` (EPERM), `tenant_unknown`, `tenant_leaving`.
 */
export function requireOwnName(view: StateView, tenant: string | null, name: string): void {
  if (tenant === null) return
  const { name_prefix: prefix } = living(view, tenant)
  if (name.startsWith(prefix)) return
  const detail = `Names of tenant ${tenant} begin with ${JSON.stringify(prefix)}; ${name} does not.`
  throw new DaxError('forbidden_name', detail)
}

/**
 * Asked before anything else is looked at: else what is refused, or how late, would tell which
 * names of others are taken. What is the tenant's stays so, though its prefix be another by now.
 * @throws DaxError as {@link requireOwnName}.
 */
export function requireNameFor(
  view: StateView,
  tenant: string | null,
  kind: 'claim' | 'namespace',
  name: string,
): void {
  const known = view.get(kind, name)
  if (known === undefined || known.tenant !== tenant) requireOwnName(view, tenant, name)
}

/** What a name that daxd makes up for the tenant begins with. */
export function prefixOf(view: StateView, tenant: string | undefined): string {
  return tenant === undefined ? '' : (view.get('tenant', tenant)?.name_prefix ?? '')
}

/** @throws DaxError `tenant_unknown` (EPERM), `tenant_leaving` (EBUSY). */
function living(view: StateView, name: string): TenantRecord {
  const tenant = view.get('tenant', name)
  if (tenant === undefined) {
    const detail = `Tenant ${name} is not defined here; an admin does that (PUT /v1/tenants/${name}).`
    throw new DaxError('tenant_unknown', detail)
  }
  if (tenant.state === 'active') return tenant
  throw new DaxError('tenant_leaving', `Tenant ${name} is being deleted.`)
}
