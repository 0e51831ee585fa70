import type { ClaimRecord } from '../core/model.ts'
import type { LongCall } from './call.ts'
import type { HostDeps } from './deps.ts'
import type { Leases } from './leases.ts'
import type { Made } from './namespaces.ts'

/** What the making of a claim needs. */
export type MakingDeps = HostDeps & { readonly leases: Leases }

/** The part of a call that the making of a claim uses. */
export type MakingCall = Pick<LongCall<Made<ClaimRecord>>, 'note' | 'remember'>
