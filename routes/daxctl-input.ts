import type { DaxctlInput } from '../schemas/index.ts'
import { DaxError } from '../src/core/errors.ts'
import { extent } from '../src/core/extent.ts'
import type { ExactRanges, NamespaceRequest } from '../src/core/model.ts'
import { parseSize } from '../src/core/size-text.ts'
import { staticRawSize } from '../src/core/static-geometry.ts'
import {
  ALIGNS,
  type Align,
  add,
  type Bytes,
  bytes,
  isAlign,
  PAGE_SIZE,
} from '../src/core/units.ts'
import { need } from '../src/services/lookup.ts'
import type { StateView } from '../src/services/world/state.ts'

type Asked = Pick<NamespaceRequest, 'region' | 'mode' | 'enabled'> &
  Partial<Pick<NamespaceRequest, 'size' | 'align' | 'ranges'>>

/**
 * What one device of `daxctl list -M` asks for when it is pasted: the same size, align and mode,
 * and in a dynamic region the very same places, as `daxctl create-device --input` does.
 * @throws DaxError `no_such_region`, `overflow`, `unsupported_align`; `ranges_mismatch` when the
 *   mappings do not follow each other from offset 0.
 */
export function requestOfDaxctl(input: DaxctlInput, state: StateView): Asked {
  const id = Number(/^dax(\d+)\./.exec(input.chardev)?.[1])
  const region = need(state, 'region', String(id))
  const align = alignOf(input.align)
  const common = {
    region: id,
    mode: input.mode ?? 'devdax',
    enabled: input.state !== 'disabled',
    ...(align === null ? {} : { align }),
  }
  const size = parseSize(input.size)
  if (region.kind === 'static') {
    const { memmap, granularity } = region
    const wanted = { usable: size, align: align ?? region.align, memmap, granularity }
    return { ...common, size: staticRawSize(wanted) }
  }
  if (input.mappings === undefined || input.mappings.length === 0) return { ...common, size }
  return { ...common, size, ranges: rangesOf(input.mappings) }
}

function alignOf(input: DaxctlInput['align']): Align | null {
  if (input === undefined) return null
  const align = parseSize(input)
  if (isAlign(align)) return align
  throw new DaxError('unsupported_align', `${align} is not one of ${ALIGNS.join(', ')}.`)
}

/** daxctl prints mappings in no order; their page offsets give it. */
function rangesOf(mappings: NonNullable<DaxctlInput['mappings']>): ExactRanges {
  const places = mappings.map(({ page_offset, start, end }) => ({
    offset: bytesOfPages(parseSize(page_offset)),
    start: parseSize(start),
    end: parseSize(end),
  }))
  places.sort((left, right) => left.offset - right.offset)
  let next = bytes(0)
  return places.map(({ offset, start, end }) => {
    if (offset !== next || end < start) {
      const detail = `The mapping at 0x${start.toString(16)} does not begin where the last one ends.`
      throw new DaxError('ranges_mismatch', detail)
    }
    const size = add(bytes(end - start), bytes(1))
    next = add(next, size)
    return extent(start, size)
  })
}

function bytesOfPages(pages: Bytes): Bytes {
  const size = pages * PAGE_SIZE
  if (Number.isSafeInteger(size)) return bytes(size)
  throw new DaxError('overflow', `Page offset ${pages} is beyond 2^53-1 bytes.`)
}
