import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Extent, extent } from '../../core/extent.ts'
import { bytes } from '../../core/units.ts'
import { nullIfGoneNow } from './host-errors.ts'

/** A named stretch of physical addresses. */
export interface IomemEntry extends Extent {
  readonly name: string
}

/** /proc/iomem, outer entries before inner ones. To others than root it shows zeros only. */
export function readIomem({ procRoot }: { readonly procRoot: string }): IomemEntry[] {
  const text = nullIfGoneNow(() => readFileSync(join(procRoot, 'iomem'), 'utf8')) ?? ''
  return text.split('\n').flatMap(parseLine)
}

function parseLine(line: string): IomemEntry[] {
  const match = /^\s*([0-9a-f]+)-([0-9a-f]+) : (.*)$/.exec(line)
  if (match === null) return []
  const [first, last] = [Number(`0x${match[1]}`), Number(`0x${match[2]}`)]
  if (!Number.isSafeInteger(last) || last <= first) return []
  return [{ name: match[3] ?? '', ...extent(bytes(first), bytes(last - first + 1)) }]
}
