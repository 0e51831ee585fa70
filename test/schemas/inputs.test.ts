import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import * as s from '../../schemas/index.ts'

/** The paths that a schema refuses in `value`; empty when it passes. */
function refused(schema: z.ZodType, value: unknown): string[] {
  const { error } = schema.safeParse(value)
  return (error?.issues ?? []).map((issue) => {
    const keys = issue.code === 'unrecognized_keys' ? issue.keys : []
    return [...issue.path, ...keys].join('.')
  })
}

const BODIES = {
  regionCreate: [s.regionCreate, { size: '1g', align: '2m' }],
  regionPatch: [s.regionPatch, { placement: 'best-fit' }],
  namespaceCreate: [s.namespaceCreate, { size: 'max' }],
  namespacePatch: [s.namespacePatch, { size: 0 }],
  deviceDisable: [s.deviceDisable, { if_busy: 'drain', timeout_ms: 5 }],
  handleCreate: [s.handleCreate, { holder: 'pod-1' }],
  mappingCreate: [s.mappingCreate, { handle: 'h', length: 0 }],
  batchRequest: [s.batchRequest, { operations: [{ op: 'close', id: '#0' }] }],
  leaseCreate: [s.leaseCreate, { holder: 'pod-1', ttl_ms: 1 }],
  leaseRenew: [s.leaseRenew, {}],
  claimPut: [s.claimPut, { size: 1, sharing: 'slice', holder: 'pod-1' }],
  reconciliationPost: [s.reconciliationPost, { object: 'device:dax0.1', action: 'adopt' }],
} as const satisfies Record<string, readonly [z.ZodType, object]>

describe.each(Object.entries(BODIES))('%s', (_name, [schema, body]) => {
  test('takes what api.md shows and adds nothing to it', () => {
    expect(schema.safeParse(body)).toEqual({ success: true, data: body })
  })

  test('refuses an unknown key', () => {
    expect(refused(schema, { ...body, unknwon: 1 })).toEqual(['unknwon'])
  })

  test('refuses whatever is no object', () => {
    for (const value of [null, [], 'a', 1, true]) {
      expect([value, schema.safeParse(value).success]).toEqual([value, false])
    }
  })

  test('never throws, whatever it is given', () => {
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true }), fc.object(), (value, extra) => {
        schema.safeParse(value)
        schema.safeParse({ ...body, ...extra })
      }),
    )
  })
})

describe('names', () => {
  test.each(['a', 'A0', 'pod-1.slice_2', 'x'.repeat(63)])('%s passes', (name) => {
    expect(refused(s.nameInput, name)).toEqual([])
  })
  test.each(['', '-a', 'a-', '.a', 'a b', 'a/b', 'a\n', 'a\u0000', 'ä', 'x'.repeat(64)])(
    '%j is refused',
    (name) => {
      expect(refused(s.nameInput, name)).toHaveLength(1)
    },
  )
})

describe('labels', () => {
  const labels = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_none, index) => [`k${index}`, '']))

  test('64 entries pass, 65 do not', () => {
    expect([refused(s.labelsInput, labels(64)), refused(s.labelsInput, labels(65))]).toEqual([
      [],
      [''],
    ])
  })
  test.each([
    ['an empty key', { '': 'a' }, ['']],
    ['a key of 129', { ['k'.repeat(129)]: 'a' }, ['k'.repeat(129)]],
    ['a value of 257', { k: 'v'.repeat(257) }, ['k']],
    ['a NUL in a value', { k: 'a\u0000' }, ['k']],
    ['half a surrogate pair', { k: '\ud800' }, ['k']],
    ['a number', { k: 1 }, ['k']],
    ['null outside a patch', { k: null }, ['k']],
  ])('%s is refused', (_cause, value, paths) => {
    expect(refused(s.labelsInput, value)).toEqual(paths)
  })
  test('keys of 128 and values of 256, in any script, pass', () => {
    expect(refused(s.labelsInput, { ['k'.repeat(128)]: 'v'.repeat(256), ключ: '値 🙂' })).toEqual(
      [],
    )
  })
  test('null takes a label away in a patch', () => {
    expect(refused(s.labelsPatch, { k: null })).toEqual([])
  })
})

describe('namespaces', () => {
  test('need a size unless they name ranges', () => {
    expect(refused(s.namespaceCreate, { name: 'a' })).toEqual(['size'])
    expect(refused(s.namespaceCreate, { ranges: [{ start: 0, end: '0x1fffff' }] })).toEqual([])
  })
  test.each([
    [{ size: 'maximum' }, ['size']],
    [{ size: 1, uuid: 'x' }, ['uuid']],
    [{ size: 1, region: -1 }, ['region']],
    [{ size: 1, region: '0' }, ['region']],
    [{ size: 1, ranges: [] }, ['ranges']],
    [{ size: 1, ranges: [{ start: 0 }] }, ['ranges.0.end']],
    [
      { size: 1, selector: { min_available: -1, knid: 1 } },
      ['selector.min_available', 'selector.knid'],
    ],
    [{ size: 1, mode: 'fsdax' }, ['mode']],
  ])('%j is refused at %j', (body, paths) => {
    expect(refused(s.namespaceCreate, body)).toEqual(paths)
  })
})

describe('mappings', () => {
  const body = { handle: 'h', length: 4096 }
  test('an unknown flag passes, for the rules answer it with EOPNOTSUPP', () => {
    expect(refused(s.mappingCreate, { ...body, flags: ['MAP_FIXED', ''] })).toEqual([])
  })
  test.each([
    [{ flags: Array(17).fill('MAP_SHARED') }, ['flags']],
    [{ flags: ['M'.repeat(65)] }, ['flags.0']],
    [{ flags: 'MAP_SHARED' }, ['flags']],
    [{ prot: ['PROT_GROWSDOWN'] }, ['prot.0']],
    [{ offset: -4096 }, ['offset']],
    [{ length: null }, ['length']],
  ])('%j is refused at %j', (change, paths) => {
    expect(refused(s.mappingCreate, { ...body, ...change })).toEqual(paths)
  })
})

describe('batches', () => {
  const close = { op: 'close', id: 'h' }
  test('1,000 operations pass, none and 1,001 do not', () => {
    const sizes = [0, 1, 1000, 1001]
    expect(
      sizes.map((count) => refused(s.batchRequest, { operations: Array(count).fill(close) })),
    ).toEqual([['operations'], [], [], ['operations']])
  })
  test('each operation has the fields of its single call and no others', () => {
    const operations = [
      { op: 'open', chardev: 'dax0.1', holder: 'a', access: 'ro' },
      { op: 'map', handle: '#0', length: '2m', flags: ['MAP_SYNC'] },
      { op: 'unmap', id: '#1', length: 1 },
      { op: 'open', chardev: 'dax0', holder: 'a' },
      { op: 'fork' },
    ]
    expect(refused(s.batchRequest, { operations })).toEqual([
      'operations.2.length',
      'operations.3.chardev',
      'operations.4.op',
    ])
  })
})

describe('durations', () => {
  test.each([0, -1, 1.5, 2 ** 31, '5', Number.POSITIVE_INFINITY])(
    'a ttl of %s is refused',
    (ttl_ms) => {
      expect(refused(s.leaseCreate, { holder: 'a', ttl_ms })).toEqual(['ttl_ms'])
    },
  )
})

describe('queries', () => {
  test('text becomes what the handler works with', () => {
    const query = { region: '0', idle: 'true', observed: 'false', limit: '7', state: 'removed' }
    expect(s.deviceListQuery.parse(query)).toEqual({
      region: 0,
      idle: true,
      observed: false,
      limit: 7,
      state: 'removed',
    })
  })
  test.each([
    [s.deviceListQuery, { idle: '1' }, ['idle']],
    [s.deviceListQuery, { region: '01' }, ['region']],
    [s.deviceListQuery, { region: '-0' }, ['region']],
    [s.deviceListQuery, { region: '' }, ['region']],
    [s.deviceListQuery, { generation: '1' }, ['generation']],
    [s.deviceQuery, { generation: '9007199254740992' }, ['generation']],
    [s.removalQuery, { if_busy: 'force' }, ['if_busy']],
    [s.removalQuery, { timeout_ms: '1s' }, ['timeout_ms']],
    [s.eventListQuery, { since: 'x' }, ['since']],
    [s.translateQuery, {}, ['offset']],
    [s.translateQuery, { offset: '-1' }, ['offset']],
    [s.dryRunQuery, { dry_run: 'yes' }, ['dry_run']],
    [s.emptyQuery, { a: '1' }, ['a']],
  ])('%# is refused at the bad parameter', (schema, query, paths) => {
    expect(refused(schema, query)).toEqual(paths)
  })
  test('the largest generation is told from the one beyond it', () => {
    expect(s.deviceQuery.parse({ generation: '9007199254740991' })).toEqual({
      generation: Number.MAX_SAFE_INTEGER,
    })
  })
})
