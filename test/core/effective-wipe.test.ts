import fc from 'fast-check'
import { expect, test } from 'vitest'
import { effectiveWipe } from '../../src/core/effective-wipe.ts'
import { WIPES } from '../../src/core/vocabulary.ts'

const wipe = fc.constantFrom(...WIPES)

test('memory is wiped if anybody wants it, and only then', () => {
  fc.assert(
    fc.property(wipe, fc.option(wipe, { nil: undefined }), wipe, (requested, tenant, service) => {
      const minimum = tenant === undefined ? {} : { tenantMinimum: tenant }
      const effective = effectiveWipe({ requested, ...minimum, serviceMinimum: service })
      const isWanted = [requested, tenant, service].includes('on_release')
      expect(effective).toBe(isWanted ? 'on_release' : 'none')
    }),
  )
})
