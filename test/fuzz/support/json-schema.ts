/** The part of JSON Schema that our OpenAPI document uses; a keyword beyond it is an error. */
export interface JsonSchema {
  readonly $ref?: string
  readonly type?: string | readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly JsonSchema[]
  readonly oneOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: boolean | JsonSchema
  readonly propertyNames?: JsonSchema
  readonly maxProperties?: number
  readonly items?: JsonSchema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly format?: string
}

export type Components = Readonly<Record<string, JsonSchema>>

const REFERENCE_PREFIX = '#/components/schemas/'
/** Keywords that say nothing of what is valid. */
const ANNOTATIONS = ['description', 'examples', 'default', 'format', 'title']

type Check = (value: unknown, schema: JsonSchema, components: Components, path: string) => string[]

/** Where a value breaks a schema, as texts of path and keyword; empty when it is valid. */
export function faultsOf(
  value: unknown,
  schema: JsonSchema,
  components: Components,
  path = '',
): string[] {
  return Object.keys(schema).flatMap((keyword) => {
    if (ANNOTATIONS.includes(keyword)) return []
    const check = CHECKS[keyword]
    if (check === undefined) throw new Error(`No check knows the keyword ${keyword} at ${path}.`)
    return check(value, schema, components, path)
  })
}

/** The schema itself, with a reference at its root followed. */
export function resolved(schema: JsonSchema, components: Components): JsonSchema {
  if (schema.$ref === undefined) return schema
  const target = components[schema.$ref.slice(REFERENCE_PREFIX.length)]
  if (!schema.$ref.startsWith(REFERENCE_PREFIX) || target === undefined) {
    throw new Error(`The reference ${schema.$ref} leads nowhere.`)
  }
  return resolved(target, components)
}

type Item = Record<string, unknown>

const isObject = (value: unknown): value is Item =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: isObject,
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
}

/** A check of one condition, for values of one type; others are the business of `type`. */
function rule<T>(
  keyword: keyof JsonSchema,
  applies: (value: unknown) => value is T,
  holds: (value: T, limit: never) => boolean,
): Check {
  return (value, schema, _components, path) =>
    !applies(value) || holds(value, schema[keyword] as never)
      ? []
      : [`${path} ${keyword} ${JSON.stringify(schema[keyword])}: ${shown(value)}`]
}

/** What is deep cannot be written out. */
function shown(value: unknown): string {
  return typeof value === 'object' ? 'an object or a list' : String(value).slice(0, 60)
}

const isText = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number'
const isList = (value: unknown): value is unknown[] => Array.isArray(value)
const isAny = (_value: unknown): _value is unknown => true

const CHECKS: Readonly<Record<string, Check>> = {
  $ref: (value, schema, components, path) =>
    faultsOf(value, resolved(schema, components), components, path),
  type: rule('type', isAny, (value, type: string | string[]) =>
    [type].flat().some((name) => TYPES[name]?.(value)),
  ),
  enum: rule('enum', isAny, (value, list: unknown[]) => list.includes(value)),
  const: rule('const', isAny, (value, wanted: unknown) => value === wanted),
  minimum: rule('minimum', isNumber, (value, limit: number) => value >= limit),
  maximum: rule('maximum', isNumber, (value, limit: number) => value <= limit),
  // JSON Schema counts code points; zod and the reference count UTF-16 units.
  minLength: rule('minLength', isText, (value, limit: number) => value.length >= limit),
  maxLength: rule('maxLength', isText, (value, limit: number) => value.length <= limit),
  pattern: rule('pattern', isText, (value, text: string) => new RegExp(text, 'u').test(value)),
  minItems: rule('minItems', isList, (value, limit: number) => value.length >= limit),
  maxItems: rule('maxItems', isList, (value, limit: number) => value.length <= limit),
  maxProperties: rule(
    'maxProperties',
    isObject,
    (value, limit: number) => Object.keys(value).length <= limit,
  ),
  required: rule('required', isObject, (value, keys: string[]) =>
    keys.every((key) => Object.hasOwn(value, key)),
  ),
  anyOf: (value, { anyOf = [] }, components, path) => {
    const faults = anyOf.map((one) => faultsOf(value, one, components, path))
    return faults.some((found) => found.length === 0) ? [] : [`${path} anyOf`, ...faults.flat()]
  },
  oneOf: (value, { oneOf = [] }, components, path) => {
    const faults = oneOf.map((one) => faultsOf(value, one, components, path))
    const fits = faults.filter((found) => found.length === 0).length
    return fits === 1 ? [] : [`${path} oneOf: ${fits} fit`, ...faults.flat()]
  },
  items: (value, { items = {} }, components, path) =>
    isList(value)
      ? value.flatMap((item, index) => faultsOf(item, items, components, `${path}/${index}`))
      : [],
  properties: (value, { properties = {} }, components, path) =>
    Object.entries(properties).flatMap(([key, schema]) =>
      isObject(value) && Object.hasOwn(value, key)
        ? faultsOf(value[key], schema, components, `${path}/${key}`)
        : [],
    ),
  propertyNames: (value, { propertyNames = {} }, components, path) =>
    isObject(value)
      ? Object.keys(value).flatMap((key) => faultsOf(key, propertyNames, components, path))
      : [],
  additionalProperties: (value, schema, components, path) => {
    const { additionalProperties: rest = true, properties = {} } = schema
    if (!isObject(value) || rest === true) return []
    const others = Object.keys(value).filter((key) => !Object.hasOwn(properties, key))
    if (rest === false) return others.map((key) => `${path}/${key} is not in the schema`)
    return others.flatMap((key) => faultsOf(value[key], rest, components, `${path}/${key}`))
  },
}
