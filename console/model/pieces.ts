/**
 * The whole address range of a region as pieces in order, free ones among them. Built from the
 * devices rather than read from the daemon, so that an event changes the drawing at once.
 */

/** A piece in use, half-open, before the gaps are known. */
export interface TakenPiece {
  readonly start: number
  readonly end: number
  /** The device's name; null for memory that is taken without a device. */
  readonly chardev: string | null
  readonly owner: string
}

/** A part of a region, half-open; free when `owner` is null. */
export interface Piece {
  readonly start: number
  readonly end: number
  readonly chardev: string | null
  readonly owner: string | null
}

export interface AddressRange {
  readonly start: number
  readonly size: number
}

/**
 * Pieces without gaps or overlaps from the region's first byte to its last. What lies outside of
 * the region is cut off, and of two that overlap the later gets what the earlier leaves: a host can
 * say such things, and the drawing has to stay one line.
 */
export function piecesOf(region: AddressRange, taken: readonly TakenPiece[]): Piece[] {
  const regionEnd = region.start + region.size
  const pieces: Piece[] = []
  let at = region.start
  const sorted = [...taken].sort((left, right) => left.start - right.start || left.end - right.end)
  for (const piece of sorted) {
    const start = Math.max(piece.start, at)
    const end = Math.min(piece.end, regionEnd)
    if (start >= end) continue
    if (start > at) pieces.push({ start: at, end: start, chardev: null, owner: null })
    pieces.push({ start, end, chardev: piece.chardev, owner: piece.owner })
    at = end
  }
  if (at < regionEnd) pieces.push({ start: at, end: regionEnd, chardev: null, owner: null })
  return pieces
}
