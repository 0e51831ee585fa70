import type { Change } from './record.ts'

/** How often each kind of call was answered by a success, and how often by a refusal. */
export type Tally = Readonly<
  Record<string, { readonly successes: number; readonly refusals: number }>
>

/** The kind of a call: its method and path without ids, and how it deals with users. */
export function kindOf({ method, path, options, fails }: Change): string {
  const [plain = '', query = ''] = path.split('?', 2)
  const route = plain.replace(/^(\/v1\/\w+)\/[^/]+/, '$1/{id}')
  const way = /if_busy=(\w+)/.exec(query)?.[1]
  const { if_busy, sharing, atomic } = (options.body ?? {}) as Record<string, unknown>
  const more = [way, if_busy, sharing, atomic === undefined ? undefined : `atomic ${atomic}`, fails]
  return [method, route, ...more.filter((word) => word !== undefined)].join(' ')
}

export function counted(tally: Tally, kind: string, isSuccess: boolean): Tally {
  const { successes, refusals } = tally[kind] ?? { successes: 0, refusals: 0 }
  const next = isSuccess
    ? { successes: successes + 1, refusals }
    : { successes, refusals: refusals + 1 }
  return { ...tally, [kind]: next }
}

export function sumOf(tallies: readonly Tally[]): Tally {
  const sum: Record<string, { successes: number; refusals: number }> = {}
  for (const [kind, { successes, refusals }] of tallies.flatMap(Object.entries<Tally[string]>)) {
    const before = sum[kind] ?? { successes: 0, refusals: 0 }
    sum[kind] = {
      successes: before.successes + successes,
      refusals: before.refusals + refusals,
    }
  }
  return sum
}
