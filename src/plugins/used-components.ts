const PREFIX = '#/components/schemas/'

/**
 * The document without schemas that nothing refers to. The type provider writes each named schema
 * twice, once for input and once for output, whether it is used so or not.
 */
export function usedComponents<T extends object>(document: T): T {
  const { components, ...rest } = document as T & { components?: Components }
  if (components?.schemas === undefined) return document
  const schemas = components.schemas
  const used = new Set<string>()
  const waiting: unknown[] = [rest]
  while (waiting.length > 0) {
    for (const name of referencesIn(waiting.pop())) {
      if (used.has(name)) continue
      used.add(name)
      waiting.push(schemas[name])
    }
  }
  const kept = Object.entries(schemas).filter(([name]) => used.has(name))
  return { ...document, components: { ...components, schemas: Object.fromEntries(kept) } }
}

interface Components {
  readonly schemas?: Readonly<Record<string, unknown>>
}

/** The names of all schemas that a piece of the document refers to. */
function referencesIn(piece: unknown): string[] {
  const found: string[] = []
  const waiting: unknown[] = [piece]
  while (waiting.length > 0) {
    const value = waiting.pop()
    if (typeof value !== 'object' || value === null) continue
    for (const [key, child] of Object.entries(value)) {
      if (key === '$ref' && typeof child === 'string' && child.startsWith(PREFIX)) {
        found.push(child.slice(PREFIX.length))
      }
      waiting.push(child)
    }
  }
  return found
}
