/** Which methods each path of the service has. */
export interface RouteTable {
  /** Notes a route as the framework writes it: `/v1/regions/:id`, `/docs/*`. */
  add(pattern: string, methods: readonly string[]): void
  /** The methods of a path, sorted; empty when there is nothing at it. */
  methodsAt(path: string): string[]
}

/** A table without routes. */
export function createRouteTable(): RouteTable {
  const rows = new Map<string, { readonly match: RegExp; readonly methods: Set<string> }>()
  return {
    add(pattern, methods) {
      const row = rows.get(pattern) ?? { match: toRegExp(pattern), methods: new Set() }
      for (const method of methods) row.methods.add(method)
      rows.set(pattern, row)
    },
    methodsAt(path) {
      const found = new Set<string>()
      for (const row of rows.values()) {
        if (row.match.test(path)) for (const method of row.methods) found.add(method)
      }
      return [...found].sort()
    },
  }
}

const SPECIAL_CHARACTERS = /[.*+?^${}()|[\]\\]/g

function toRegExp(pattern: string): RegExp {
  const steps = pattern.split('/').map((step) => {
    if (step === '*') return '.*'
    return step.startsWith(':') ? '[^/]+' : step.replace(SPECIAL_CHARACTERS, '\\$&')
  })
  return new RegExp(`^${steps.join('/')}$`)
}
