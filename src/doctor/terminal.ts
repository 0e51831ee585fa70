import { stripVTControlCharacters } from 'node:util'

/** Widest line that is printed. */
export const TERMINAL_COLUMNS = 100

type Ink = 'green' | 'yellow' | 'red' | 'dim' | 'bold'

const INK_CODES = { green: 32, yellow: 33, red: 31, dim: 2, bold: 1 } as const

/** Colours a text, or leaves it as it is. */
export type Painter = (ink: Ink, text: string) => string

/** A painter with ANSI colours, or one that does nothing. */
export function createPainter(color: boolean): Painter {
  return (ink, text) => (color ? `\x1b[${INK_CODES[ink]}m${text}\x1b[0m` : text)
}

/** Text of the host made safe to print: no control character of it reaches the terminal. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/\p{Cc}+|[\u2028\u2029]|\p{Cf}/gu, ' ')
}

/**
 * Words in lines of at most `width` columns; a word that is longer is cut, since a path in the
 * report may have any length.
 */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of printable(text).split(/\s+/).filter(Boolean)) {
    const joined = line === '' ? word : `${line} ${word}`
    if (joined.length <= width) {
      line = joined
      continue
    }
    if (line !== '') lines.push(line)
    line = word
    while (line.length > width) {
      lines.push(line.slice(0, width))
      line = line.slice(width)
    }
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line]
}
