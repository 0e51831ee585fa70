/** Validated input as the services take it: sizes as bytes, defaults filled in. */
import type {
  ClaimPut,
  MappingCreate,
  NamespaceCreate,
  NamespacePatch,
  RegionCreate,
  RegionPatch,
  RemovalQuery,
  SelectorInput,
} from '../schemas/index.ts'
import { DaxError } from '../src/core/errors.ts'
import { extent } from '../src/core/extent.ts'
import type { ClaimRequest, NamespaceRequest, NodeOwner, Selector } from '../src/core/model.ts'
import type { Principal } from '../src/core/principal.ts'
import { parseSize } from '../src/core/size-text.ts'
import { ALIGNS, type Align, add, type Bytes, bytes, isAlign } from '../src/core/units.ts'
import type { MappingRequest } from '../src/services/mapping-broker.ts'
import type { NamespaceChange } from '../src/services/namespace-change.ts'
import type { Removal } from '../src/services/namespace-removal.ts'
import type { RegionChange, RegionDefinition } from '../src/services/regions.ts'
import type { StateView } from '../src/services/world/state.ts'
import { requestOfDaxctl } from './daxctl-input.ts'

type Size = number | string

/** @throws DaxError `overflow`, `unsupported_align`. */
function parseAlign(input: Size): Align {
  const align = parseSize(input)
  if (isAlign(align)) return align
  throw new DaxError('unsupported_align', `${align} is not one of ${ALIGNS.join(', ')}.`)
}

/** @throws DaxError `overflow`; `misaligned_range` for a range that ends before it starts. */
function parseRange({ start, end }: { start: Size; end: Size }): { start: Bytes; size: Bytes } {
  const first = parseSize(start)
  const last = parseSize(end)
  if (last < first) {
    throw new DaxError('misaligned_range', `The range ${first}..${last} ends before it starts.`)
  }
  return extent(first, add(bytes(last - first), bytes(1)))
}

function selectorOf(input: SelectorInput): Selector {
  const { min_available, ...rest } = input
  if (min_available === undefined) return rest
  return { ...rest, min_available: parseSize(min_available) }
}

/**
 * Whose a new object is: the caller's tenant's; who has none may name one.
 * @throws DaxError `forbidden` (403) for somebody else's.
 */
function ownerOf(asked: string | undefined, { tenant }: Principal): string | null {
  if (asked === undefined || asked === tenant) return tenant
  if (tenant === null) return asked
  throw new DaxError('forbidden', `A caller of tenant ${tenant} makes nothing for ${asked}.`)
}

/**
 * A share is a scheduler's or a tenant's; a tenant takes of its own alone.
 * @throws DaxError `forbidden` (403).
 */
function shareAskedBy({ tenant }: Principal, share: string | undefined): { share?: string } {
  if (share === undefined) return {}
  if (tenant === null || share === tenant) return { share }
  throw new DaxError('forbidden', `A caller of tenant ${tenant} takes nothing of share ${share}.`)
}

/** A wanted namespace, its sizes read by the core's grammar. @throws DaxError `overflow`. */
export function namespaceRequestOf(
  body: NamespaceCreate,
  state: StateView,
  caller: Principal,
): NamespaceRequest {
  const { region, size, align, memmap, uuid, ranges, selector } = body
  const tenant = ownerOf(body.tenant, caller)
  return {
    mode: body.mode ?? 'devdax',
    contiguous: body.contiguous ?? false,
    pool: body.pool ?? false,
    enabled: body.enabled ?? true,
    wipe: body.wipe ?? 'none',
    labels: body.labels ?? {},
    ...(region === undefined ? {} : { region }),
    ...(selector === undefined ? {} : { selector: selectorOf(selector) }),
    ...(size === undefined ? {} : { size: size === 'max' ? size : parseSize(size) }),
    ...(align === undefined ? {} : { align: parseAlign(align) }),
    ...(memmap === undefined ? {} : { memmap }),
    ...shareAskedBy(caller, body.share),
    ...(tenant === null ? {} : { tenant }),
    ...(uuid === undefined ? {} : { uuid: uuid.toLowerCase() }),
    ...(ranges === undefined ? {} : { ranges: ranges.map(parseRange) }),
    ...(body.input === undefined ? {} : requestOfDaxctl(body.input, state)),
  }
}

/** A change of a namespace; what the body leaves out stays as it is. */
export function namespaceChangeOf(body: NamespacePatch): NamespaceChange {
  const { size, align, mode, labels, wipe } = body
  return {
    ...(size === undefined ? {} : { size: parseSize(size) }),
    ...(align === undefined ? {} : { align: parseAlign(align) }),
    ...(mode === undefined ? {} : { mode }),
    ...(labels === undefined ? {} : { labels }),
    ...(wipe === undefined ? {} : { wipe }),
  }
}

/** A region to define on the emulated host. */
export function regionDefinitionOf(body: RegionCreate): RegionDefinition {
  const { start, size, align, ...rest } = body
  return {
    ...rest,
    size: parseSize(size),
    align: parseSize(align),
    ...(start === undefined ? {} : { start: parseSize(start) }),
  }
}

/** A change of a region; what the body leaves out stays as it is. @throws DaxError `overflow`. */
export function regionChangeOf(body: RegionPatch): RegionChange {
  const { shares, ...rest } = body
  if (shares === undefined) return rest
  const sizes = Object.entries(shares).map(([name, size]) => [
    name,
    size === null ? null : parseSize(size),
  ])
  return { ...rest, shares: Object.fromEntries(sizes) }
}

/** A wanted mapping; absent flags and protection are the contract's defaults. */
export function mappingRequestOf(body: MappingCreate): MappingRequest {
  const { handle, length, offset, align } = body
  return {
    handle,
    length: parseSize(length),
    flags: body.flags ?? ['MAP_SHARED'],
    prot: body.prot ?? ['PROT_READ', 'PROT_WRITE'],
    dontfork: body.dontfork ?? false,
    exclusive: body.exclusive ?? true,
    labels: body.labels ?? {},
    ...(offset === undefined ? {} : { offset: parseSize(offset) }),
    ...(align === undefined ? {} : { align: parseSize(align) }),
  }
}

/** @throws DaxError `overflow`, `unsupported_align`, `zero_size`. */
export function claimRequestOf(body: ClaimPut, caller: Principal): ClaimRequest {
  const { align, ttl_ms, selector } = body
  const tenant = ownerOf(body.tenant, caller)
  const size = parseSize(body.size)
  if (size === 0) throw new DaxError('zero_size', 'A claim needs at least one byte.')
  return {
    size,
    sharing: body.sharing,
    holder: body.holder,
    wipe: body.wipe ?? 'none',
    labels: body.labels ?? {},
    ...(align === undefined ? {} : { align: parseAlign(align) }),
    ...(ttl_ms === undefined ? {} : { ttl_ms }),
    ...(body.access === 'ro' ? { access: body.access } : {}),
    ...(body.cdi === undefined ? {} : { cdi: nodeOwnerOf(body.cdi) }),
    ...shareAskedBy(caller, body.share),
    ...(tenant === null ? {} : { tenant }),
    ...(selector === undefined ? {} : { selector: selectorOf(selector) }),
  }
}

function nodeOwnerOf({ mode, ...ids }: NonNullable<ClaimPut['cdi']>): NodeOwner {
  return mode === undefined ? ids : { ...ids, mode: Number.parseInt(mode, 8) }
}

/** How users of what goes away are treated, refused by default. */
export function removalOf({ if_busy, timeout_ms }: RemovalQuery): Removal {
  return {
    ifBusy: if_busy ?? 'refuse',
    ...(timeout_ms === undefined ? {} : { timeoutMs: timeout_ms }),
  }
}
