import fc from 'fast-check'
import { expect, it } from 'vitest'
import { capabilityNames } from '../../src/doctor/capability-names.ts'

it('decodes the mask of a plain container', () => {
  expect(capabilityNames('00000000a80425fb')).toEqual([
    'CAP_CHOWN',
    'CAP_DAC_OVERRIDE',
    'CAP_FOWNER',
    'CAP_FSETID',
    'CAP_KILL',
    'CAP_SETGID',
    'CAP_SETUID',
    'CAP_SETPCAP',
    'CAP_NET_BIND_SERVICE',
    'CAP_NET_RAW',
    'CAP_SYS_CHROOT',
    'CAP_MKNOD',
    'CAP_AUDIT_WRITE',
    'CAP_SETFCAP',
  ])
})

it('calls a bit that is newer than the table by its number', () => {
  expect(capabilityNames('8000000000200000')).toEqual(['CAP_SYS_ADMIN', 'CAP_63'])
})

it.each(['', 'xyz', '-1', '00000000000000000'])('reads nothing into the mask %j', (mask) => {
  expect(capabilityNames(mask)).toEqual([])
})

it('names as many capabilities as the mask has bits, each once', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), (mask) => {
      const names = capabilityNames(mask.toString(16).padStart(16, '0'))
      expect(new Set(names).size).toBe(mask.toString(2).replaceAll('0', '').length)
      expect(names.length).toBe(new Set(names).size)
    }),
  )
})
