import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NAME_PATTERN } from '../../schemas/common.ts'
import { CDI_KIND_DEFAULT, cdiDeviceName, isCdiKind } from '../../src/core/cdi-name.ts'

/** A device's name, as the CDI specification has it. */
const DEVICE = /^[A-Za-z0-9](?:[A-Za-z0-9_.:-]*[A-Za-z0-9])?$/

describe('a kind', () => {
  it.each([CDI_KIND_DEFAULT, 'a.b/c', 'daxd.example.com/pmem-1g', 'x1.y2/Class_3'])(
    'is one as %s, which every reader takes',
    (kind) => expect(isCdiKind(kind)).toBe(true),
  )
  it.each([
    ['', 'nothing'],
    ['daxd.io', 'no class'],
    ['daxd/claim', 'no domain'],
    ['daxd.io/claim=x', 'a device in it'],
    ['daxd.io/a.b', 'a dot in the class'],
    ['1.io/claim', 'a vendor that begins with a digit'],
    ['daxd.io/1', 'a class that begins with a digit'],
    ['-a.io/c', 'a dash in front'],
    ['Daxd.io/claim', 'capitals in the domain'],
    ['../x.y/c', 'a path'],
    [`${'a'.repeat(64)}.io/c`, 'a label that is too long'],
    [`a.io/${'c'.repeat(64)}`, 'a class that is too long'],
  ])('is none as %j, for it has %s', (kind) => expect(isCdiKind(kind)).toBe(false))
})

describe("a device's name", () => {
  it('is the claim, the number and the salt', () => {
    expect(cdiDeviceName({ claim: 'web', number: 71, salt: 'c0ffee00' })).toBe('web-1z-c0ffee00')
  })
  it('is one by the specification for every name that a claim may have', () => {
    fc.assert(
      fc.property(fc.stringMatching(NAME_PATTERN), fc.nat(), (claim, number) => {
        expect(cdiDeviceName({ claim, number, salt: '0f' })).toMatch(DEVICE)
      }),
    )
  })
})
