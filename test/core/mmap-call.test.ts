import { expect, it } from 'vitest'
import { mmapCall } from '../../src/core/mmap-call.ts'
import { type Align, bytes, MIB } from '../../src/core/units.ts'

it('names the call that a grant allows and what its address has to be a multiple of', () => {
  const call = mmapCall({
    path: '/dev/dax0.1',
    offset: bytes(4 * MIB),
    length: bytes(8 * MIB),
    prot: ['PROT_READ'],
    flags: ['MAP_SHARED_VALIDATE', 'MAP_SYNC'],
    align: bytes(2 * MIB) as Align,
  })
  expect(call).toEqual({
    path: '/dev/dax0.1',
    offset: 4194304,
    length: 8388608,
    prot: ['PROT_READ'],
    flags: ['MAP_SHARED_VALIDATE', 'MAP_SYNC'],
    address_align: 2097152,
  })
})
