import { describe, expect, it } from 'vitest'
import { CODES } from '../../src/core/error-codes.ts'
import { DaxError, type ErrorCode, statusOf } from '../../src/core/errors.ts'

/** `api.md`, "Status by errno", for well-formed input. */
const STATUS_IN_API: ReadonlyMap<string, number> = new Map([
  ['EINVAL', 422],
  ['EACCES', 403],
  ['EPERM', 403],
  ['ENOENT', 404],
  ['EBUSY', 409],
  ['EEXIST', 409],
  ['ENXIO', 409],
  ['ETIMEDOUT', 409],
  ['SIGBUS', 410],
  ['ESTALE', 410],
  ['EOVERFLOW', 422],
  ['ENOSPC', 507],
  ['EOPNOTSUPP', 501],
  ['EIO', 502],
  // Overload is 503; a cancelled operation ends on the state of its object, a conflict.
  ['EAGAIN', 503],
  ['ECANCELED', 409],
])

/** Codes whose status `api.md` gives by their case instead of by their errno. */
const STATUS_BY_CASE: ReadonlyMap<string, number> = new Map([
  // Malformed input.
  ['malformed', 400],
  ['bad_cursor', 400],
  // HTTP's own refusals, which have no errno.
  ['unauthorized', 401],
  // Too much of the wrong, which RFC 6585 has a status for.
  ['too_many_failures', 429],
  ['rate_limited', 429],
  ['method_not_allowed', 405],
  ['precondition_failed', 412],
  ['body_too_large', 413],
  ['unsupported_media_type', 415],
  ['idempotency_conflict', 422],
  ['request_timeout', 408],
  ['headers_too_large', 431],
  ['internal', 500],
  // A host that fails is a bad gateway; a ledger that fails stops mutations.
  ['ledger_failed', 503],
])

/** Every code that `api.md` names, with the errno that it gives it there. */
const CODES_IN_API: readonly [ErrorCode, string | null, number][] = [
  ['overflow', 'EOVERFLOW', 422],
  ['idempotency_conflict', null, 422],
  ['range_taken', 'EBUSY', 409],
  ['misaligned_size', 'EINVAL', 422],
  ['unsupported_align', 'EINVAL', 422],
  ['empty_device', 'ENXIO', 409],
  ['out_of_range', 'EINVAL', 422],
  ['bad_reference', 'EINVAL', 422],
  ['no_pool', 'ENOSPC', 507],
  ['no_hole', 'ENOSPC', 507],
  ['draining', 'EBUSY', 409],
  ['stale_generation', 'ESTALE', 410],
  ['access_denied', 'EACCES', 403],
  ['zero_length', 'EINVAL', 422],
  ['unknown_flag', 'EOPNOTSUPP', 501],
  ['device_disabled', 'ENXIO', 409],
  ['not_shared', 'EINVAL', 422],
  ['hugetlb', 'EINVAL', 422],
  ['misaligned_offset', 'EINVAL', 422],
  ['misaligned_length', 'EINVAL', 422],
  ['needs_dontfork', 'EINVAL', 422],
  ['straddles_ranges', 'EINVAL', 422],
  ['overlap', 'EBUSY', 409],
]

const ALL_CODES = Object.keys(CODES) as ErrorCode[]

describe('the table of codes', () => {
  it.each(ALL_CODES)('gives %s the status that the contract fixes', (code) => {
    const byErrno = STATUS_IN_API.get(CODES[code].errno ?? '')
    expect(statusOf(code)).toBe(STATUS_BY_CASE.get(code) ?? byErrno)
  })

  it.each(CODES_IN_API)('has %s as %s with %i, as the contract names it', (code, errno, status) => {
    const error = new DaxError(code, 'A sentence.')
    expect([error.errno, error.status]).toEqual([errno, status])
  })

  it('writes each code as a slug and each title once, as a phrase without a full stop', () => {
    expect(ALL_CODES.filter((code) => !/^[a-z]+(_[a-z]+)*$/.test(code))).toEqual([])
    const titles = ALL_CODES.map((code) => CODES[code].title)
    expect(titles.filter((title) => !/^[A-Z].*[^.]$/.test(title))).toEqual([])
    expect(new Set(titles).size).toBe(titles.length)
  })
})

describe('DaxError', () => {
  it('carries code, errno, status, title, detail and facts', () => {
    const holders = [{ kind: 'process', pid: 42, comm: 'qemu' }] as const
    const error = new DaxError('busy', 'One process holds the device.', { holders })
    const { name, code, errno, status, title, message, facts } = error
    expect({ name, code, errno, status, title, message, facts }).toEqual({
      name: 'DaxError',
      code: 'busy',
      errno: 'EBUSY',
      status: 409,
      title: 'The object is in use',
      message: 'One process holds the device.',
      facts: { holders: [{ kind: 'process', pid: 42, comm: 'qemu' }] },
    })
    expect(error).toBeInstanceOf(Error)
  })

  it('keeps its cause, and has none when it was given none', () => {
    const cause = new Error('disk on fire')
    expect(new DaxError('backend_failed', 'The host failed.', {}, cause).cause).toBe(cause)
    expect('cause' in new DaxError('backend_failed', 'The host failed.')).toBe(false)
  })

  it('has errno null for a refusal of HTTP', () => {
    expect(new DaxError('precondition_failed', 'The object has changed.').errno).toBeNull()
  })

  it('has no facts unless given', () => {
    expect(new DaxError('no_hole', 'No hole is left.').facts).toEqual({})
  })
})
