/** Whose memory it is, and how owners are told apart: by colour, pattern and label at once. */

/** What is known of a device's owner. */
export interface Owned {
  readonly tenant: string | null
  readonly namespace: string | null
}

/** Owners that are no names of anybody; a space keeps them apart from names. */
const HOST_OWNER = 'the host'
const FOREIGN_OWNER = 'no owner'
export const RESERVED_OWNER = 'reserved'

/**
 * The tenant; without one the holder of the claim; without that the host's own people. A device
 * without a namespace was made by somebody else, and nobody has adopted it.
 */
export function ownerOf({ tenant, namespace }: Owned, holder: string | null): string {
  if (tenant !== null) return tenant
  if (holder !== null) return holder
  return namespace === null ? FOREIGN_OWNER : HOST_OWNER
}

/** So many colours there are, and as many patterns: the first owners differ in both. */
export const COLOURS_COUNT = 8
export const PATTERNS = [
  'solid',
  'rising',
  'dots',
  'columns',
  'falling',
  'rows',
  'grid',
  'checks',
] as const
export type Pattern = (typeof PATTERNS)[number]
/** Looks that can be told apart; whoever comes later shares one. */
export const LOOKS_COUNT = COLOURS_COUNT * PATTERNS.length

/** How an owner is drawn. */
export interface Look {
  /** The index of the colour, or null for grey: those who are nobody, and those past the last. */
  readonly colour: number | null
  readonly pattern: Pattern
}

const NOBODYS: ReadonlyMap<string, Look> = new Map([
  [FOREIGN_OWNER, { colour: null, pattern: 'falling' }],
  [RESERVED_OWNER, { colour: null, pattern: 'rows' }],
])
const ONE_OF_MANY: Look = { colour: null, pattern: 'dots' }

/** Gives each owner a look, and the same one as long as the page lives. */
export interface Looks {
  of(owner: string): Look
}

/** Looks in the order in which owners are first asked for. */
export function createLooks(): Looks {
  const places = new Map<string, number>()
  return {
    of(owner) {
      const known = NOBODYS.get(owner)
      if (known !== undefined) return known
      const place = places.get(owner) ?? places.size
      if (place >= LOOKS_COUNT) return ONE_OF_MANY
      places.set(owner, place)
      return lookAt(place)
    },
  }
}

/** The look at a place of the row; after each round of the colours the patterns move by one. */
function lookAt(place: number): Look {
  const round = Math.floor(place / COLOURS_COUNT)
  return {
    colour: place % COLOURS_COUNT,
    pattern: PATTERNS[(place + round) % PATTERNS.length] ?? 'solid',
  }
}
