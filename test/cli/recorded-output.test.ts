/** Held against what real daxctl and ndctl have printed in a kernel guest. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { humanHex, humanSize } from '../../src/cli/output/human-size.ts'
import { renderJson } from '../../src/cli/output/json-c.ts'

const RECORDED = join(import.meta.dirname, '../fixtures/recorded')
const FILES = readdirSync(RECORDED, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.txt'),
)

const read = (name: string): string => readFileSync(join(RECORDED, name), 'utf8')

test('there are recordings', () => {
  expect(FILES.length).toBeGreaterThan(8)
})

test.each(FILES)('JSON is laid out byte for byte as %s was printed', (name) => {
  const text = read(name)
  expect(renderJson(JSON.parse(text))).toBe(text)
})

const HUMAN_PAIRS = FILES.filter((name) => name.endsWith('-human.txt')).map(
  (name) => [name, name.replace('-human', '')] as const,
)

/** Every number of a listing beside what `-u` made of it, wherever the two differ. */
function changedBy(plain: unknown, human: unknown, key = ''): [string, number, string][] {
  if (typeof plain === 'number' && typeof human === 'string') return [[key, plain, human]]
  if (typeof plain !== 'object' || plain === null) return []
  return Object.entries(plain).flatMap(([name, value]) =>
    changedBy(value, (human as Record<string, unknown>)[name], name),
  )
}

test.each(HUMAN_PAIRS)('sizes and addresses are written as in %s', (human, plain) => {
  const pairs = changedBy(JSON.parse(read(plain)), JSON.parse(read(human)))
  const sizes = pairs.filter(([, , text]) => text.includes('('))
  const others = pairs.filter(([, , text]) => !text.includes('('))
  expect(sizes.length).toBeGreaterThan(5)
  expect(sizes.map(([key, value]) => [key, value, humanSize(value)])).toEqual(sizes)
  // phys_id and the like are strings without being hexadecimal; addresses and handles are.
  const hex = others.filter(([, , text]) => text.startsWith('0x') || text === '0')
  expect(hex.map(([key, value]) => [key, value, humanHex(value)])).toEqual(hex)
})
