/** What a cell of a drawing shows, in words: for who listens, and for who points at it. */
import type { Piece } from './pieces.ts'
import type { Cell } from './region-layout.ts'
import { addressWords, countWords, sizeWords } from './size-words.ts'

/** Of so many devices in one cell the names are told. */
const NAMES_MAX = 3

/** A sentence for a cell; `isPartial` when what nobody is known to have may be another tenant's. */
export function cellWords(
  { first, last, free, owners }: Cell,
  pieces: readonly Piece[],
  isPartial: boolean,
): string {
  const piece = pieces[first]
  if (piece === undefined) return ''
  const freeWord = isPartial ? 'free or of others' : 'free'
  if (first === last) {
    const size = `${sizeWords(piece.end - piece.start)} at ${addressWords(piece.start)}`
    if (piece.owner === null) return `${freeWord}: ${size}`
    const which = piece.chardev === null ? '' : rangeWords(piece, pieces)
    return [piece.chardev, piece.owner, size, which].filter((part) => part).join(' · ')
  }
  const shown = pieces.slice(first, last + 1)
  const devices = [...new Set(shown.flatMap(({ chardev }) => chardev ?? []))]
  const holes = shown.filter(({ owner }) => owner === null).length
  const names =
    devices.length <= NAMES_MAX ? devices.join(', ') : countWords(devices.length, 'device')
  return [
    names,
    owners.length > 0
      ? `of ${owners
          .map(({ owner }) => owner)
          .slice(0, NAMES_MAX)
          .join(', ')}`
      : '',
    holes > 0 ? `${sizeWords(free)} ${freeWord} in ${countWords(holes, 'hole')}` : 'nothing free',
    `from ${addressWords(piece.start)}`,
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

/** Which of its device's ranges a piece is, when there are several. */
function rangeWords(piece: Piece, pieces: readonly Piece[]): string {
  const ranges = pieces.filter(({ chardev }) => chardev === piece.chardev)
  return ranges.length < 2 ? '' : `range ${ranges.indexOf(piece) + 1} of ${ranges.length}`
}
