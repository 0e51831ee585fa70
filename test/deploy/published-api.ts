import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'

interface Property {
  readonly $ref?: string
  readonly allOf?: readonly Property[]
  readonly type?: string
  readonly items?: Property
  readonly additionalProperties?: Property
}

interface Definition {
  readonly properties?: Readonly<Record<string, Property>>
  readonly required?: readonly string[]
}

/** Names of types in the published document and here. */
const PREFIXES = ['io.k8s.api.', 'io.k8s.apimachinery.pkg.apis.'] as const
const SCALARS: readonly (readonly [suffix: string, type: string])[] = [
  ['.Quantity', 'quantity'],
  ['.IntOrString', 'int-or-string'],
  ['.RawExtension', 'any'],
]

/**
 * The types of Kubernetes' published OpenAPI document, in the notation of api-fields.ts: a file
 * (`swagger.json`) or a folder of them (`api/openapi-spec/v3` of kubernetes/kubernetes).
 */
export function readPublishedApi(path: string): Map<string, Readonly<Record<string, string>>> {
  if (!existsSync(path)) throw new Error(`KUBERNETES_OPENAPI names ${path}, which is not there`)
  const files = statSync(path).isDirectory()
    ? readdirSync(path).map((name) => join(path, name))
    : [path]
  const types = new Map<string, Readonly<Record<string, string>>>()
  for (const file of files.filter((name) => name.endsWith('.json'))) {
    const document = JSON.parse(readFileSync(file, 'utf8'))
    const definitions = document.definitions ?? document.components?.schemas ?? {}
    for (const [name, definition] of Object.entries<Definition>(definitions)) {
      types.set(shortName(name), fieldsOf(definition))
    }
  }
  return types
}

function fieldsOf({ properties = {}, required = [] }: Definition): Record<string, string> {
  return Object.fromEntries(
    Object.entries(properties).map(([key, property]) => [
      key,
      `${typeOf(property)}${required.includes(key) ? '!' : ''}`,
    ]),
  )
}

function typeOf(property: Property): string {
  const { $ref, allOf, type, items, additionalProperties } = property
  if ($ref !== undefined) return refName($ref)
  if (allOf?.[0] !== undefined) return typeOf(allOf[0])
  if (type === 'array') return `[${items === undefined ? 'any' : typeOf(items)}]`
  if (type !== 'object') return type ?? 'any'
  return additionalProperties === undefined ? 'any' : `{${typeOf(additionalProperties)}}`
}

function refName(ref: string): string {
  const name = ref.slice(ref.lastIndexOf('/') + 1)
  return SCALARS.find(([suffix]) => name.endsWith(suffix))?.[1] ?? shortName(name)
}

function shortName(name: string): string {
  const prefix = PREFIXES.find((one) => name.startsWith(one)) ?? ''
  return name.slice(prefix.length)
}
