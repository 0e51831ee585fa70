/** HTTP status of each errno, as `api.md` fixes it for well-formed input. */
export const STATUS_BY_ERRNO = {
  EINVAL: 422,
  EACCES: 403,
  EPERM: 403,
  ENOENT: 404,
  EBUSY: 409,
  EEXIST: 409,
  ENXIO: 409,
  ETIMEDOUT: 409,
  SIGBUS: 410,
  ESTALE: 410,
  EOVERFLOW: 422,
  ENOSPC: 507,
  EOPNOTSUPP: 501,
  EIO: 502,
  EAGAIN: 503,
  ECANCELED: 409,
} as const

/** The errno names that problems carry; SIGBUS stands for a fault. */
export type Errno = keyof typeof STATUS_BY_ERRNO

interface Row {
  readonly errno: Errno | null
  readonly title: string
  readonly status?: number
}

/** Every code the service answers, grouped by what it is about. */
export const CODES = {
  // The request itself.
  malformed: { errno: 'EINVAL', status: 400, title: 'The request is malformed' },
  overflow: { errno: 'EOVERFLOW', title: 'A number is beyond 2^53-1' },
  bad_cursor: { errno: 'EINVAL', status: 400, title: 'The cursor is not one of ours' },
  bad_reference: { errno: 'EINVAL', title: 'The batch reference cannot be resolved' },
  unauthorized: { errno: null, status: 401, title: 'Credentials are missing or wrong' },
  forbidden: { errno: 'EPERM', title: 'The caller may not do this' },
  no_route: { errno: 'ENOENT', title: 'There is nothing at this path' },
  method_not_allowed: { errno: null, status: 405, title: 'The path has no such method' },
  precondition_failed: { errno: null, status: 412, title: 'The object has changed' },
  body_too_large: { errno: null, status: 413, title: 'The body is too large' },
  headers_too_large: { errno: null, status: 431, title: 'The headers are too large' },
  request_timeout: { errno: null, status: 408, title: 'The request did not arrive in time' },
  unsupported_media_type: { errno: null, status: 415, title: 'The media type is not understood' },
  idempotency_conflict: {
    errno: null,
    status: 422,
    title: 'The idempotency key was used for another request',
  },
  // Sizes and places.
  zero_size: { errno: 'EINVAL', title: 'The size is zero' },
  misaligned_size: { errno: 'EINVAL', title: 'The size is misaligned' },
  misaligned_start: { errno: 'EINVAL', title: 'The start is misaligned' },
  misaligned_range: { errno: 'EINVAL', title: 'A range is misaligned' },
  range_outside: { errno: 'EINVAL', title: 'A range lies outside the region' },
  range_taken: { errno: 'EBUSY', title: 'A range is taken' },
  ranges_mismatch: { errno: 'EINVAL', title: 'The ranges do not add up to the size' },
  unsupported_align: { errno: 'EINVAL', title: 'The alignment is not supported' },
  unsupported_ranges: { errno: 'EOPNOTSUPP', title: 'Exact ranges need a dynamic region' },
  too_small: { errno: 'EINVAL', title: 'The size leaves nothing usable' },
  no_memory_block: { errno: 'EINVAL', title: 'The device holds no whole memory block' },
  no_space: { errno: 'ENOSPC', title: 'The region has not enough room' },
  no_region: { errno: 'ENOSPC', title: 'No region fits the request' },
  share_exhausted: { errno: 'ENOSPC', title: 'The share has not enough left' },
  no_pool: { errno: 'ENOSPC', title: 'No pool namespace fits the request' },
  no_hole: { errno: 'ENOSPC', title: 'No aligned hole is left' },
  // Objects.
  no_such_region: { errno: 'ENOENT', title: 'No such region' },
  no_such_share: { errno: 'ENOENT', title: 'No such share of the region' },
  no_such_namespace: { errno: 'ENOENT', title: 'No such namespace' },
  no_such_device: { errno: 'ENOENT', title: 'No such device' },
  no_such_handle: { errno: 'ENOENT', title: 'No such handle' },
  no_such_mapping: { errno: 'ENOENT', title: 'No such mapping' },
  no_such_lease: { errno: 'ENOENT', title: 'No such lease' },
  no_such_claim: { errno: 'ENOENT', title: 'No such claim' },
  no_such_operation: { errno: 'ENOENT', title: 'No such operation' },
  no_such_item: { errno: 'ENOENT', title: 'No such reconciliation item' },
  name_taken: { errno: 'EEXIST', title: 'The name is taken by a different request' },
  uuid_taken: { errno: 'EEXIST', title: 'The uuid is taken' },
  region_overlap: { errno: 'EBUSY', title: 'The region overlaps another' },
  region_busy: { errno: 'EBUSY', title: 'The region has devices in it' },
  share_busy: { errno: 'EBUSY', title: 'More of the share is in use' },
  owned_by_namespace: { errno: 'EBUSY', title: 'A namespace owns the device' },
  owned_by_claim: { errno: 'EBUSY', title: 'A claim owns the object' },
  unsupported: { errno: 'EOPNOTSUPP', title: 'Not supported here' },
  // Life cycle.
  busy: { errno: 'EBUSY', title: 'The object is in use' },
  device_enabled: { errno: 'EBUSY', title: 'The device must be disabled first' },
  draining: { errno: 'EBUSY', title: 'The device is draining' },
  in_transition: { errno: 'EBUSY', title: 'Another change of the object is under way' },
  device_disabled: { errno: 'ENXIO', title: 'The device is not enabled' },
  empty_device: { errno: 'ENXIO', title: 'The device has no memory' },
  system_ram: { errno: 'ENXIO', title: 'The device is used as system memory' },
  stale_generation: { errno: 'ESTALE', title: 'The generation has ended' },
  stale_holders: { errno: 'EBUSY', title: 'An earlier generation is still open' },
  drain_timeout: { errno: 'ETIMEDOUT', title: 'The device was still in use at the time-out' },
  cancelled: { errno: 'ECANCELED', title: 'The operation was cancelled' },
  not_cancellable: { errno: 'EBUSY', title: 'The operation cannot be cancelled' },
  lease_expired: { errno: 'ESTALE', title: 'The lease has expired' },
  lease_mismatch: { errno: 'EINVAL', title: 'The lease belongs to another holder' },
  // Mapping checks, in api.md's order.
  access_denied: { errno: 'EACCES', title: 'The handle does not allow this protection' },
  zero_length: { errno: 'EINVAL', title: 'The length is zero' },
  unknown_flag: { errno: 'EOPNOTSUPP', title: 'A flag is unknown' },
  not_shared: { errno: 'EINVAL', title: 'The mapping is not shared' },
  hugetlb: { errno: 'EINVAL', title: 'MAP_HUGETLB does not apply to a dax device' },
  misaligned_offset: { errno: 'EINVAL', title: 'The offset is misaligned' },
  misaligned_length: { errno: 'EINVAL', title: 'The length is misaligned' },
  needs_dontfork: { errno: 'EINVAL', title: 'A device without struct pages needs dontfork' },
  out_of_range: { errno: 'EINVAL', title: 'The range is not inside the device' },
  straddles_ranges: { errno: 'EINVAL', title: 'A unit lies across two ranges' },
  overlap: { errno: 'EBUSY', title: 'The range overlaps a live mapping' },
  // Faults.
  revoked: { errno: 'SIGBUS', title: 'The mapping was revoked' },
  fault: { errno: 'SIGBUS', title: 'The access would fault' },
  // The service and its host.
  internal: { errno: null, status: 500, title: 'Internal error' },
  backend_failed: { errno: 'EIO', title: 'The host refused the change' },
  cdi_failed: { errno: 'EIO', title: 'The CDI directory cannot be written' },
  backend_timeout: { errno: 'EIO', title: 'The host did not answer in time' },
  host_hung: { errno: 'EAGAIN', title: 'An earlier call of the host has not returned' },
  needs_repair: { errno: 'EIO', title: 'An earlier change failed half-way' },
  overloaded: { errno: 'EAGAIN', title: 'Too much is waiting' },
  shutting_down: { errno: 'EAGAIN', title: 'The service is stopping' },
  ledger_full: { errno: 'ENOSPC', title: 'The state directory is full' },
  ledger_stalled: { errno: 'EAGAIN', title: 'The disk does not answer' },
  ledger_failed: { errno: 'EIO', status: 503, title: 'The ledger cannot be written' },
  events_gone: { errno: 'ESTALE', title: 'The events asked for are no longer kept' },
} as const satisfies Record<string, Row>

/** A stable slug, finer than errno. */
export type ErrorCode = keyof typeof CODES
