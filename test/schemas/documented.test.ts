import { expect, test } from 'vitest'
import { z } from 'zod'
import * as contract from '../../schemas/index.ts'

/** Paths of properties of which the reference would say nothing at all. */
function silentProperties(schema: unknown, path = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([key, child]) => {
    const here = `${path}/${key}`
    const isProperty = /\/(?:properties\/[^/]+|items)$/.test(here)
    if (isProperty && Object.keys(child as object).length === 0) return [here]
    return silentProperties(child, here)
  })
}

const exported = Object.entries<unknown>(contract).filter(
  (entry): entry is [string, z.ZodType] => entry[1] instanceof z.ZodType,
)

test.each(exported)('the reference says something of every part of %s', (_name, schema) => {
  for (const io of ['input', 'output'] as const) {
    // As the type provider does it: what has no JSON schema becomes {}.
    const shown = z.toJSONSchema(schema, { io, unrepresentable: 'any' })
    expect(silentProperties(shown)).toEqual([])
  }
})

test('a property of which nothing is said is found', () => {
  const shown = z.toJSONSchema(z.object({ a: z.int(), b: z.unknown() }))
  expect(silentProperties(shown)).toEqual(['/properties/b'])
})

test('every shape of an answer has a name in the reference, and no two have the same', () => {
  const views = exported.filter(([name]) => name.endsWith('View'))
  const names = views.map(([, schema]) => schema.meta()?.id)
  expect(names).not.toContain(undefined)
  expect(new Set(names).size).toBe(views.length)
  expect(views.length).toBeGreaterThan(12)
})
