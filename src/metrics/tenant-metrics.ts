import type { Metrics, Sample } from '../plugins/metrics-registry.ts'
import type { Services } from '../services/services.ts'
import type { StateView } from '../services/world/state.ts'

/** Tenants that have series of their own: those with the most memory. */
const TENANTS_TOLD_MAX = 50
/** Whose the sum of all others is; no tenant can have this name. */
const OTHERS = '_others'
/** Whose what belongs to no tenant is; no tenant can have this name either. */
const HOST = '_host'

/** Of those who share the memory: what each has, and may have. Tenants themselves cannot ask. */
export function registerTenantMetrics(metrics: Metrics, { world }: Services): void {
  const { durable } = world
  const labels = ['tenant']
  metrics.gauge(
    {
      name: 'daxd_tenant_used_bytes',
      help: `Bytes of the namespaces and slices of a tenant; the ${TENANTS_TOLD_MAX} with the most.`,
      labels,
    },
    () => {
      const used = [...usedByTenant(durable)].sort(([, left], [, right]) => right - left)
      const told = used.filter(([name]) => name === HOST || durable.get('tenant', name))
      const rest = told.slice(TENANTS_TOLD_MAX).reduce((sum, [, value]) => sum + value, 0)
      return [
        ...told.slice(0, TENANTS_TOLD_MAX),
        ...(rest > 0 ? [[OTHERS, rest] as const] : []),
      ].map(sampleOf)
    },
  )
  metrics.gauge(
    {
      name: 'daxd_tenant_quota_bytes',
      help: `Bytes that a tenant may have; the ${TENANTS_TOLD_MAX} with the most, where limited.`,
      labels,
    },
    () =>
      [...durable.after('tenant', -1)]
        .flatMap(({ name, quota: { bytes } }) =>
          bytes === undefined ? [] : [[name, bytes] as const],
        )
        .sort(([, left], [, right]) => right - left)
        .slice(0, TENANTS_TOLD_MAX)
        .map(sampleOf),
  )
}

function sampleOf([tenant, value]: readonly [string, number]): Sample {
  return { value, labels: { tenant } }
}

/** One pass for all: the quota of one tenant is reckoned by another such pass. */
function usedByTenant(view: StateView): Map<string, number> {
  const used = new Map<string, number>()
  const add = (tenant: string | null, bytes: number): void => {
    const name = tenant ?? HOST
    used.set(name, (used.get(name) ?? 0) + bytes)
  }
  for (const { name } of view.after('tenant', -1)) used.set(name, 0)
  for (const { tenant, size } of view.after('namespace', -1)) add(tenant, size)
  for (const { tenant, request, namespace, length } of view.after('claim', -1)) {
    if (request.sharing !== 'slice' || namespace === null) continue
    const pool = view.get('namespace', namespace)
    if (pool !== undefined && pool.tenant !== tenant) add(tenant, length)
  }
  return used
}
