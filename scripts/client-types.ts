/**
 * The wire's types as text that stands alone: what `client/src/wire.ts` takes from the schemas, for
 * the published package, which has neither the schemas nor zod. The schemas' descriptions become
 * the comments. scripts/build-client.ts has the compiler prove that they are the same types.
 */
import { z } from 'zod'
import * as schemas from '../schemas/index.ts'
import { CODES, STATUS_BY_ERRNO } from '../src/core/error-codes.ts'

const LINE_LENGTH_MAX = 100
/** What a reference to a part begins with. */
const DEFINITIONS = '#/$defs/'

/** The types by the names that `wire.ts` gives them. */
const TYPES: Readonly<Record<string, z.ZodType>> = {
  AuditHeadView: schemas.auditHeadView,
  AuditVerdictView: schemas.auditVerdictView,
  AuditView: schemas.auditView,
  BatchRequest: schemas.batchRequest,
  BatchView: schemas.batchView,
  ClaimPut: schemas.claimPut,
  ClaimRemovalQuery: schemas.claimRemovalQuery,
  ClaimView: schemas.claimView,
  DaxctlRegion: schemas.daxctlRegion,
  DeviceDisable: schemas.deviceDisable,
  DeviceQuery: schemas.deviceQuery,
  DeviceUsersView: schemas.deviceUsersView,
  DeviceView: schemas.deviceView,
  Errno: z.enum(Object.keys(STATUS_BY_ERRNO)),
  ErrorCode: z.enum(Object.keys(CODES)),
  EventView: schemas.eventView,
  HandleCreate: schemas.handleCreate,
  HandleView: schemas.handleView,
  HolderView: schemas.holderView,
  HostView: schemas.hostView,
  LeaseCreate: schemas.leaseCreate,
  LeaseView: schemas.leaseView,
  LiveView: schemas.liveView,
  MappingCreate: schemas.mappingCreate,
  MappingView: schemas.mappingView,
  NamespaceCreate: schemas.namespaceCreate,
  NamespacePatch: schemas.namespacePatch,
  NamespaceView: schemas.namespaceView,
  NdctlExport: schemas.ndctlExport,
  OperationView: schemas.operationView,
  ProblemView: schemas.problemView,
  ReadyView: schemas.readyView,
  ReconciliationItem: schemas.reconciliationItem,
  ReconciliationPost: schemas.reconciliationPost,
  RegionCreate: schemas.regionCreate,
  RegionMapItem: schemas.regionMapItem,
  RegionPatch: schemas.regionPatch,
  RegionSummary: schemas.regionMapAnswer.options[1],
  RegionView: schemas.regionView,
  RemovalQuery: schemas.removalQuery,
  RevokedView: schemas.releaseView[200],
  TenantPut: schemas.tenantPut,
  TenantRemovalQuery: schemas.tenantRemovalQuery,
  TenantView: schemas.tenantView,
  TranslationView: schemas.translationView,
  WhoamiView: schemas.whoamiView,
}

/** Filters of collections: all of it is optional, and cursors are the listing's own. */
const FILTERS: Readonly<Record<string, z.ZodType>> = {
  AuditListQuery: schemas.auditListQuery,
  ClaimListQuery: schemas.claimListQuery,
  DeviceListQuery: schemas.deviceListQuery,
  EventListQuery: schemas.eventListQuery,
  HandleListQuery: schemas.handleListQuery,
  LeaseListQuery: schemas.leaseListQuery,
  MappingListQuery: schemas.mappingListQuery,
  NamespaceListQuery: schemas.namespaceListQuery,
  OperationListQuery: schemas.operationListQuery,
  PageQuery: schemas.pageQuery,
}

/** The names of all types that {@link clientTypes} declares for `wire.ts`. */
export const CLIENT_TYPE_NAMES: readonly string[] = [...Object.keys(TYPES), ...Object.keys(FILTERS)]

type Json = z.core.JSONSchema.JSONSchema

/** The module's text. */
export function clientTypes(): string {
  const declared = new Map<string, Json>()
  const parts = new Map<string, Json>()
  const take = (name: string, schema: z.ZodType): void => {
    const { $defs = {}, ...own } = z.toJSONSchema(schema, { io: 'output', unrepresentable: 'any' })
    const id = own.$ref?.slice(DEFINITIONS.length)
    declared.set(name, id === undefined ? own : ($defs[id] ?? own))
    for (const [id, part] of Object.entries($defs)) parts.set(id, part)
  }
  for (const [name, schema] of Object.entries(TYPES)) take(name, schema)
  for (const [name, schema] of Object.entries(FILTERS)) {
    take(name, schema)
    declared.set(name, asFilter(declared.get(name) ?? {}))
  }
  const names = new Map(
    Object.entries(TYPES).flatMap(([name, schema]) => {
      const id = schema.meta()?.id
      return id === undefined ? [] : [[id, name] as const]
    }),
  )
  for (const [id, part] of parts) if (!names.has(id)) declared.set(id, part)
  const write = createWriter((id) => names.get(id) ?? id)
  const head = '/** What goes over the wire. Made from the schemas of daxd; not to be edited. */\n'
  const texts = [...declared].map(([name, schema]) => write.declaration(name, schema))
  return `${head}${texts.join('\n')}`
}

function asFilter(schema: Json): Json {
  const { cursor: _, ...properties } = schema.properties ?? {}
  return { ...schema, properties, required: [] }
}

/** Writes JSON schemas as TypeScript; `nameOf` tells the name of a part that is referred to. */
function createWriter(nameOf: (id: string) => string) {
  const union = (members: readonly Json[], indent: string): string =>
    [...new Set(members.map((member) => typeOf(member, indent)))].join(' | ')

  function typeOf(schema: Json | boolean, indent: string): string {
    if (typeof schema === 'boolean') return 'unknown'
    const { $ref, anyOf, oneOf, enum: values, type } = schema
    if ($ref !== undefined) return nameOf($ref.slice(DEFINITIONS.length))
    if ('const' in schema) return JSON.stringify(schema.const)
    if (values !== undefined) return values.map((value) => JSON.stringify(value)).join(' | ')
    const members = anyOf ?? oneOf
    if (members !== undefined) return union(members, indent)
    if (Array.isArray(type)) {
      return union(
        type.map((each) => ({ ...schema, type: each })),
        indent,
      )
    }
    if (type === 'integer') return 'number'
    if (type === 'array') return `Array<${typeOf(schema.items as Json, indent)}>`
    if (type === 'object') return objectOf(schema, indent)
    return type === undefined ? 'unknown' : String(type)
  }

  function objectOf(schema: Json, indent: string): string {
    const { properties = {}, required = [], additionalProperties: rest, propertyNames } = schema
    const inner = `${indent}  `
    const lines = Object.entries(properties).flatMap(([name, member]) => {
      const mark = required.includes(name) ? '' : '?'
      const type = typeOf(member, inner)
      return [...comment(member, inner), `${inner}${name}${mark}: ${type}`]
    })
    const keys = typeof propertyNames === 'object' ? propertyNames.enum : undefined
    if (keys !== undefined) {
      const mark = required.length > 0 ? '' : '?'
      const key = keys.map((each) => JSON.stringify(each)).join(' | ')
      return `{ [key in ${key}]${mark}: ${typeOf(rest ?? {}, inner)} }`
    }
    if (lines.length === 0 && typeof rest === 'object') {
      return `Record<string, ${typeOf(rest, inner)}>`
    }
    if (rest !== undefined && rest !== false) {
      lines.push(`${inner}[key: string]: ${typeOf(rest, inner)}`)
    }
    return lines.length === 0 ? 'Record<string, never>' : `{\n${lines.join('\n')}\n${indent}}`
  }

  return {
    declaration(name: string, schema: Json): string {
      const lines = [...comment(schema, ''), `export type ${name} = ${typeOf(schema, '')}`]
      return `${lines.join('\n')}\n`
    },
  }
}

function comment(schema: Json | boolean, indent: string): readonly string[] {
  if (typeof schema === 'boolean' || schema.description === undefined) return []
  const single = `${indent}/** ${schema.description} */`
  if (single.length <= LINE_LENGTH_MAX) return [single]
  return [`${indent}/**`, ...wrapped(schema.description, `${indent} * `), `${indent} */`]
}

function wrapped(text: string, prefix: string): readonly string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    const longer = `${last} ${word}`
    if (last !== undefined && longer.length <= LINE_LENGTH_MAX) lines[lines.length - 1] = longer
    else lines.push(`${prefix}${word}`)
  }
  return lines
}
