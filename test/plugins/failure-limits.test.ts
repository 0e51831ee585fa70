import { expect, test } from 'vitest'
import { createFailureLimits, FAILURES_MAX, sourceOf } from '../../src/plugins/failure-limits.ts'

test('a source waits once it has failed too often, until its window ends', () => {
  let now = 0
  const limits = createFailureLimits(() => now)
  for (let count = 0; count < FAILURES_MAX; count += 1) {
    expect(limits.waitS('a')).toBe(0)
    limits.note('a')
    now += 1000
  }
  expect(limits.waitS('a')).toBe(40)
  expect(limits.waitS('b')).toBe(0)
  now = 60_000
  expect(limits.waitS('a')).toBe(0)
  limits.note('a')
  expect(limits.waitS('a')).toBe(0)
})

test('the table of sources is bounded: the oldest is forgotten', () => {
  const limits = createFailureLimits(() => 0)
  for (let count = 0; count < FAILURES_MAX; count += 1) limits.note('first')
  expect(limits.waitS('first')).toBe(60)
  for (let count = 0; count < 4095; count += 1) limits.note(`source ${count}`)
  expect(limits.waitS('first')).toBe(60)
  limits.note('one too many')
  expect(limits.waitS('first')).toBe(0)
})

test.each([
  ['192.0.2.7', '192.0.2.7'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['2001:db8::9', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  [undefined, 'no address'],
])('%s counts as %s', (address, source) => {
  expect(sourceOf(address)).toBe(source)
})
