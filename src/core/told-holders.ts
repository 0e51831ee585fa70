import { DaxError, type Holder } from './errors.ts'

/**
 * The holders that a tenant may be told of: its own handles and mappings one by one, those of
 * others only in their number. Null is told all.
 */
export function holdersToldTo(tenant: string | null, holders: readonly Holder[]): Holder[] {
  if (tenant === null) return [...holders]
  const own = holders.filter((holder) => !('tenant' in holder) || holder.tenant === tenant)
  const count = holders.length - own.length
  return count === 0 ? own : [...own, { kind: 'others', count }]
}

/** The same failure, as a tenant may be told it. */
export function toldTo(tenant: string | null, error: DaxError): DaxError {
  const { code, message, facts, cause } = error
  if (tenant === null || facts.holders === undefined) return error
  const holders = holdersToldTo(tenant, facts.holders)
  return new DaxError(code, message, { ...facts, holders }, cause)
}
