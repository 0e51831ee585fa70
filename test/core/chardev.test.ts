import { expect, test } from 'vitest'
import { parseChardev } from '../../src/core/chardev.ts'

test.each([
  ['dax0.0', { region: 0, id: 0 }],
  ['dax12.345', { region: 12, id: 345 }],
  ['dax999999999.0', { region: 999_999_999, id: 0 }],
])('%s names a region and an id', (name, parts) => {
  expect(parseChardev(name)).toEqual(parts)
})

test.each([
  '',
  'dax',
  'dax0',
  'dax0.',
  'dax.0',
  'dax00.0',
  'dax0.01',
  'dax0.0 ',
  ' dax0.0',
  'dax0.0\n',
  'DAX0.0',
  'dax-1.0',
  'dax0.0.0',
  'dax1e3.0',
  '/dev/dax0.0',
  'dax1234567890.0',
  'dax0.1234567890',
])('%j is no name of a device', (name) => {
  expect(parseChardev(name)).toBeNull()
})
