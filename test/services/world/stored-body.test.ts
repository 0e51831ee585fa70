import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { MappingRecord } from '../../../src/core/model.ts'
import { bytes } from '../../../src/core/units.ts'
import { decodeBody, encodeBody } from '../../../src/services/world/stored-body.ts'
import { mappingDraft } from './drafts.ts'

const device = { uid: 'd-1', chardev: 'dax0.0' }

function mapping(changes: Partial<MappingRecord>): MappingRecord {
  const stored = { seq: 6, revision: 6, created_ms: 9, updated_ms: 9 }
  return { ...mappingDraft('m-5', device, 1), ...stored, ...changes }
}

test('a mapping comes back as it was, whatever of it is unusual', () => {
  const changes = fc.record(
    {
      revision: fc.integer({ min: 6 }),
      updated_ms: fc.nat(),
      labels: fc.dictionary(fc.string(), fc.string(), { noNullPrototype: true }),
      lease: fc.constantFrom(null, 'l-1'),
      claim: fc.constantFrom(null, 'c'),
      offset: fc.maxSafeNat().map(bytes),
      flags: fc.constantFrom(['MAP_SHARED'], ['MAP_SYNC', 'MAP_SHARED'], []),
      prot: fc.constantFrom(['PROT_READ', 'PROT_WRITE'], ['PROT_WRITE', 'PROT_READ'], []),
      dontfork: fc.boolean(),
      exclusive: fc.boolean(),
      state: fc.constantFrom('live', 'revoked'),
    },
    { requiredKeys: [] },
  )
  void fc.assert(
    fc.property(changes, (drawn) => {
      const record = mapping(drawn as Partial<MappingRecord>)
      expect(decodeBody('mapping', 'm-5', encodeBody('mapping', record))).toEqual(record)
    }),
  )
})

test('a usual mapping says only what tells it from others', () => {
  const usual = mapping({ prot: ['PROT_READ', 'PROT_WRITE'] })
  expect(JSON.parse(encodeBody('mapping', usual))).toEqual({
    seq: 6,
    created_ms: 9,
    handle: 'h-0',
    device: 'd-1',
    chardev: 'dax0.0',
    generation: 1,
    holder: 'h',
    offset: 4096,
    length: 4096,
    align: 4096,
  })
})

test('a body that has everything, as an older daxd wrote it, is read as it is', () => {
  const record = mapping({ state: 'revoked', lease: 'l-1', revision: 8, updated_ms: 10 })
  expect(decodeBody('mapping', 'm-5', JSON.stringify(record))).toEqual(record)
})
