import { bytesOfQuantity } from '../../src/kubernetes/quantity.ts'
import { FIELDS, KINDS } from './api-fields.ts'
import type { Manifest } from './kustomize.ts'

/**
 * What is wrong with an object by the API's own field names and types, as the server's strict field
 * validation would say it; nothing when all is right.
 */
export function fieldProblems(object: Manifest): string[] {
  const type = KINDS[`${object.apiVersion} ${object.kind}`]
  const where = `${object.kind} ${object.metadata?.name}`
  if (type === undefined) return [`${where}: no such kind`]
  return check(object, type, where)
}

function check(value: unknown, type: string, where: string): string[] {
  const inner = type.slice(1, -1)
  if (type.startsWith('[')) {
    if (!Array.isArray(value)) return [`${where}: no list`]
    return value.flatMap((one, at) => check(one, inner, `${where}[${at}]`))
  }
  if (type.startsWith('{')) {
    if (!isObject(value)) return [`${where}: no map`]
    return Object.entries(value).flatMap(([key, one]) => check(one, inner, `${where}.${key}`))
  }
  const fields = FIELDS[type]
  if (fields === undefined) return isOf(value, type) ? [] : [`${where}: no ${type}`]
  if (!isObject(value)) return [`${where}: no object`]
  const missing = Object.entries(fields).flatMap(([key, kind]) =>
    kind.endsWith('!') && value[key] === undefined ? [`${where}.${key}: missing`] : [],
  )
  const wrong = Object.entries(value).flatMap(([key, one]) => {
    const kind = Object.hasOwn(fields, key) ? fields[key] : undefined
    if (kind === undefined) return [`${where}.${key}: unknown`]
    return check(one, kind.replace('!', ''), `${where}.${key}`)
  })
  return [...missing, ...wrong]
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isOf(value: unknown, type: string): boolean {
  switch (type) {
    case 'string':
    case 'boolean':
      return typeof value === type
    case 'integer':
      return Number.isSafeInteger(value)
    case 'int-or-string':
      return Number.isSafeInteger(value) || typeof value === 'string'
    case 'any':
      return isObject(value)
    case 'quantity':
      return isQuantity(value)
    default:
      return false
  }
}

/** Cores in thousandths are a quantity, too, and no number of bytes. */
function isQuantity(value: unknown): boolean {
  if (Number.isSafeInteger(value) || /^\d+m$/.test(String(value))) return true
  try {
    return typeof value === 'string' && bytesOfQuantity(value) >= 0n
  } catch {
    return false
  }
}
