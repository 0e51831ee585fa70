import fc from 'fast-check'
import { type Endpoint, type Parameter, parametersOf } from './document.ts'
import { type Components, type JsonSchema, resolved } from './json-schema.ts'
import type { Listing } from './state.ts'
import { live } from './wire-text.ts'

const MIB = 1024 * 1024
const TEXT_LENGTH_MAX = 12
const ITEMS_MAX = 4
/** Long enough that nothing expires while the tests look, milliseconds. */
const TTL_MIN_MS = 3_600_000

const NAMES = ['alpha', 'beta', 'gamma', 'delta', 'Eps.1_x-y', 'z']
const SIZES = [0, 1, 4096, 2 * MIB, 16 * MIB, 32 * MIB, '64m', '0x2000000', '48MiB', 2 * MIB + 1]
const TENANTS = ['red', 'blue', '0']
const SHARES = ['kubernetes', 'Slurm-1']
const ALIGNS = [4096, 2 * MIB, '2MiB', '1g', 3]
const FLAGS = ['MAP_SHARED', 'MAP_SHARED_VALIDATE', 'MAP_PRIVATE', 'MAP_SYNC', 'MAP_NONSENSE']

const anyLive = (kind: Listing): fc.Arbitrary<string> =>
  fc.nat({ max: 9 }).map((nth) => live(kind, nth))

const orReference = (kind: Listing): fc.Arbitrary<string> =>
  fc.oneof(anyLive(kind), fc.constantFrom('#0', '#1', '#999', '#', '#-1', '#1e3'))

/** What a property of this name means, beyond what its schema says. */
const MEANINGS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  name: fc.constantFrom(...NAMES),
  holder: fc.constantFrom('pod-a', 'pod-b', 'Job #3 ✓'),
  handle: orReference('handle'),
  id: fc.oneof(orReference('handle'), orReference('mapping')),
  chardev: anyLive('device'),
  lease: anyLive('lease'),
  region: fc.constantFrom(0, 0, 1, 1, 7),
  size: fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...SIZES) }, fc.constant('64MiB')),
  length: fc.constantFrom(...SIZES),
  offset: fc.constantFrom(...SIZES),
  align: fc.constantFrom(...ALIGNS),
  start: fc.constantFrom(0, '1g', '64g', '1t', '0x100000000', 4096, '8p'),
  end: fc.constantFrom(0, '0x1001fffff', '2m', 2 * MIB - 1),
  min_available: fc.constantFrom(0, '1m', '1p'),
  uuid: fc.uuid(),
  cursor: fc.constantFrom('region.0', 'device.1', 'namespace.zz', 'event.0', 'x', 'region.-1'),
  ttl_ms: fc.integer({ min: TTL_MIN_MS, max: 2_147_483_647 }),
  flags: fc.array(fc.constantFrom(...FLAGS), { maxLength: 3 }),
  share: fc.constantFrom(...SHARES),
  shares: fc.dictionary(fc.constantFrom(...SHARES), fc.constantFrom(...SIZES, null)),
  namespace: fc.constantFrom(...NAMES),
  tenant: fc.constantFrom(...TENANTS),
  name_prefix: fc.constantFrom('red.', 'blue-', 'a'),
  bytes: fc.constantFrom(...SIZES),
  bytes_by_media: fc.dictionary(fc.constantFrom('dram', 'pmem'), fc.constantFrom(...SIZES)),
  bytes_by_region: fc.dictionary(fc.constantFrom('0', '7'), fc.constantFrom(...SIZES)),
  // Of a file; a mode of a device is one of a few words.
  mode: fc.constantFrom('0660', '0600'),
}

/** Meanings that texts of a query need not share with a body. */
const QUERY_MEANINGS: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  offset: fc.constantFrom('0', '4096', '2m', '0x10', '8p'),
  limit: fc.constantFrom(1, 2, 1000),
  since: fc.constantFrom(0, 1, 5, Number.MAX_SAFE_INTEGER),
  generation: fc.constantFrom(0, 1, 2, 99),
}

/** Values that fit a schema, most of them such as a sensible caller would send. */
export function plausible(
  schema: JsonSchema,
  components: Components,
  key = '',
): fc.Arbitrary<unknown> {
  const meaning = MEANINGS[key]
  const { enum: values, const: only, anyOf, oneOf, ...rest } = resolved(schema, components)
  if (only !== undefined) return fc.constant(only)
  if (values !== undefined) return fc.constantFrom(...values)
  if (meaning !== undefined) return meaning
  const choices = anyOf ?? oneOf
  if (choices !== undefined) {
    return fc.oneof(...choices.map((one) => plausible(one, components, key)))
  }
  const types = [rest.type ?? []].flat()
  return fc.oneof(...types.map((type) => ofType(type, rest, components)))
}

function ofType(type: string, schema: JsonSchema, components: Components): fc.Arbitrary<unknown> {
  const {
    minimum = 0,
    maximum = Number.MAX_SAFE_INTEGER,
    minItems = 0,
    maxItems = ITEMS_MAX,
  } = schema
  switch (type) {
    case 'object':
      return objects(schema, components)
    case 'array':
      return fc.array(plausible(schema.items ?? {}, components), {
        minLength: minItems,
        maxLength: Math.min(maxItems, ITEMS_MAX),
      })
    case 'string':
      return texts(schema)
    case 'integer':
      return fc.oneof(
        fc.constantFrom(minimum, maximum),
        fc.integer({ min: minimum, max: Math.min(maximum, minimum + 5) }),
      )
    case 'boolean':
      return fc.boolean()
    case 'null':
      return fc.constant(null)
    default:
      throw new Error(`No values are known of the type ${type}.`)
  }
}

function objects(schema: JsonSchema, components: Components): fc.Arbitrary<unknown> {
  const { properties = {}, required = [], additionalProperties: rest, propertyNames } = schema
  if (typeof rest === 'object' && Object.keys(properties).length === 0) {
    return fc.dictionary(texts(propertyNames ?? {}), plausible(rest, components), { maxKeys: 3 })
  }
  const members = Object.entries(properties).map(
    ([key, child]) => [key, plausible(child, components, key)] as const,
  )
  const of = (some: typeof members): fc.Arbitrary<unknown> =>
    fc.record(Object.fromEntries(some), { requiredKeys: [...required] as never[] })
  // A pasted device goes with little else, so that most bodies with it break a rule.
  const without = members.filter(([key]) => key !== 'input')
  if (without.length === members.length) return of(members)
  return fc.oneof({ weight: 6, arbitrary: of(without) }, { weight: 1, arbitrary: of(members) })
}

/** Text with astral characters and combining marks, for all patterns of free text admit them. */
function texts(schema: JsonSchema): fc.Arbitrary<string> {
  const { minLength = 0, maxLength = TEXT_LENGTH_MAX, enum: values } = schema
  if (values !== undefined) return fc.constantFrom(...(values as string[]))
  const bounds = { minLength, maxLength: Math.min(maxLength, TEXT_LENGTH_MAX) / 2 }
  return fc
    .string({ unit: 'grapheme', ...bounds })
    .filter((text) => /^[^\p{Cc}\p{Cs}§]*$/u.test(text) && text.length >= minLength)
}

const KINDS: Readonly<Record<string, Listing>> = {
  regions: 'region',
  namespaces: 'namespace',
  devices: 'device',
  handles: 'handle',
  mappings: 'mapping',
  leases: 'lease',
  claims: 'claim',
  operations: 'operation',
}

/** Paths of an endpoint: of live objects, of others, and for a PUT of new ones. */
export function plausiblePaths({ method, path }: Endpoint): fc.Arbitrary<string> {
  const kind = KINDS[path.split('/')[2] ?? '']
  const isTenant = path.startsWith('/v1/tenants')
  const named = isTenant ? TENANTS : [...NAMES, '0', 'dax9.9']
  const others = kind === 'region' ? ['0', '7', '999999999'] : named
  const names = fc.constantFrom(...others)
  const ids =
    kind === undefined || method === 'PUT'
      ? names
      : fc.oneof({ weight: 8, arbitrary: anyLive(kind) }, { weight: 1, arbitrary: names })
  return ids.map((id) => path.replace(/\{\w+\}/, () => id))
}

/** A path whose object is there, as far as there is any. */
export function livePath({ path }: Endpoint): string {
  const kind = KINDS[path.split('/')[2] ?? '']
  return path.replace(/\{\w+\}/, () => (kind === undefined ? 'alpha' : live(kind, 0)))
}

/** Query texts, with their question mark, of parameters that fit their schemas. */
export function plausibleQueries(endpoint: Endpoint): fc.Arbitrary<string> {
  const parameters = parametersOf(endpoint, 'query')
  if (parameters.length === 0) return fc.constant('')
  return fc
    .record(Object.fromEntries(parameters.map((one) => [one.name, queryValue(one, endpoint)])), {
      requiredKeys: parameters.filter(({ required }) => required).map(({ name }) => name),
    })
    .map((members) => {
      const text = Object.entries(members)
        .map(([name, value]) => `${name}=${isLive(value) ? value : encodeURIComponent(value)}`)
        .join('&')
      return text === '' ? '' : `?${text}`
    })
}

const isLive = (text: string): boolean => text.startsWith('§live')

function queryValue({ name, schema }: Parameter, { components }: Endpoint): fc.Arbitrary<string> {
  return (QUERY_MEANINGS[name] ?? plausible(schema, components, name)).map(String)
}
