/**
 * What goes over the wire: types of the very schemas that the server checks with, and nothing else
 * of them. Everything of the client that names a body or an answer takes it from here.
 */
import type { z } from 'zod'
import type {
  AuditListQuery as AuditListInput,
  AuditView,
  auditHeadView,
  auditVerdictView,
} from '../../schemas/audit.ts'
import type { BatchRequest, BatchView } from '../../schemas/batch.ts'
import type { ClaimListQuery as ClaimListInput, ClaimPut, ClaimView } from '../../schemas/claim.ts'
import type {
  DeviceListQuery as DeviceListInput,
  DeviceQuery,
  DeviceUsersView,
  DeviceView,
} from '../../schemas/device.ts'
import type { EventView } from '../../schemas/event.ts'
import type { DaxctlRegion, ndctlExport } from '../../schemas/export.ts'
import type {
  HandleCreate,
  HandleListQuery as HandleListInput,
  HandleView,
} from '../../schemas/handle.ts'
import type { liveView, readyView } from '../../schemas/health.ts'
import type { HolderView } from '../../schemas/holder.ts'
import type { HostView } from '../../schemas/host.ts'
import type {
  LeaseCreate,
  LeaseListQuery as LeaseListInput,
  LeaseView,
} from '../../schemas/lease.ts'
import type {
  MappingCreate,
  MappingListQuery as MappingListInput,
  MappingView,
  TranslationView,
} from '../../schemas/mapping.ts'
import type {
  NamespaceCreate,
  NamespaceListQuery as NamespaceListInput,
  NamespacePatch,
  NamespaceView,
} from '../../schemas/namespace.ts'
import type {
  OperationListQuery as OperationListInput,
  OperationView,
} from '../../schemas/operation.ts'
import type { ProblemView } from '../../schemas/problem.ts'
import type { ReconciliationItem, ReconciliationPost } from '../../schemas/reconciliation.ts'
import type {
  RegionCreate,
  RegionMapItem,
  RegionPatch,
  RegionView,
  regionMapAnswer,
} from '../../schemas/region.ts'
import type {
  claimRemovalQuery,
  DeviceDisable,
  RemovalQuery,
  releaseView,
} from '../../schemas/release.ts'
import type { TenantPut, TenantView, tenantRemovalQuery } from '../../schemas/tenant.ts'
import type { whoamiView } from '../../schemas/whoami.ts'
import type { Errno, ErrorCode } from '../../src/core/error-codes.ts'

export type {
  AuditView,
  BatchRequest,
  BatchView,
  ClaimPut,
  ClaimView,
  DaxctlRegion,
  DeviceDisable,
  DeviceQuery,
  DeviceUsersView,
  DeviceView,
  Errno,
  ErrorCode,
  EventView,
  HandleCreate,
  HandleView,
  HolderView,
  HostView,
  LeaseCreate,
  LeaseView,
  MappingCreate,
  MappingView,
  NamespaceCreate,
  NamespacePatch,
  NamespaceView,
  OperationView,
  ProblemView,
  ReconciliationItem,
  ReconciliationPost,
  RegionCreate,
  RegionMapItem,
  RegionPatch,
  RegionView,
  RemovalQuery,
  TenantPut,
  TenantView,
  TranslationView,
}

export type AuditHeadView = z.output<typeof auditHeadView>
export type AuditVerdictView = z.output<typeof auditVerdictView>
export type ClaimRemovalQuery = z.output<typeof claimRemovalQuery>
export type LiveView = z.output<typeof liveView>
export type NdctlExport = z.output<typeof ndctlExport>
export type ReadyView = z.output<typeof readyView>
export type TenantRemovalQuery = z.output<typeof tenantRemovalQuery>
export type WhoamiView = z.output<typeof whoamiView>
/** What a revoke has hit. */
export type RevokedView = z.output<(typeof releaseView)[200]>
/** How a region is filled and how scattered its free bytes are. */
export type RegionSummary = Exclude<z.output<typeof regionMapAnswer>, { items: unknown }>

/** The filters of a collection: `limit` has a default, and cursors are the listing's own. */
type Filters<T> = Partial<Omit<T, 'cursor'>>
export type AuditListQuery = Filters<AuditListInput>
export type ClaimListQuery = Filters<ClaimListInput>
export type DeviceListQuery = Filters<DeviceListInput>
export type HandleListQuery = Filters<HandleListInput>
export type LeaseListQuery = Filters<LeaseListInput>
export type MappingListQuery = Filters<MappingListInput>
export type NamespaceListQuery = Filters<NamespaceListInput>
export type OperationListQuery = Filters<OperationListInput>
/** Of a collection without filters. */
export type PageQuery = { limit?: number }
/** Of the collection of events. */
export type EventListQuery = PageQuery & { since?: number }
