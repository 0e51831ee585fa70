/**
 * The output of `daxctl list -RDMi`. Source: ndctl's daxctl/json.c; `mappings` come in reversed
 * order with `end` inclusive and `page_offset` in pages.
 */
import { z } from 'zod'
import { type DeviceRange, rangesOf } from '../../core/device-range.ts'
import { extent } from '../../core/extent.ts'
import { bytes, isAlign, PAGE_SIZE } from '../../core/units.ts'
import type { Mode } from '../../core/vocabulary.ts'
import { recordedNumber, recordedSize } from './recorded-number.ts'

const align = recordedNumber.refine(isAlign, 'is no alignment of a dax device')

const mapping = z.object({
  page_offset: recordedNumber,
  start: recordedNumber,
  end: recordedNumber,
})

const device = z
  .object({
    chardev: z.string().regex(/^dax\d+\.\d+$/),
    size: recordedNumber,
    target_node: z.int().default(0),
    align: align.optional(),
    mode: z.string(),
    state: z.string().optional(),
    mappings: z.array(mapping).default([]),
  })
  .transform((listed, context) => {
    const ranges = rangesIn(listed.mappings)
    if (ranges !== null && (ranges.length > 0 || listed.size === 0)) return { ...listed, ranges }
    const message = 'the mappings do not make up the device; list it with -M'
    context.issues.push({ code: 'custom', input: listed, path: ['mappings'], message })
    return z.NEVER
  })

/** One region entry; each namespace of libnvdimm has one of its own, with the region's id. */
export const daxctlRegion = z.object({
  path: z.string(),
  id: z.int().nonnegative(),
  size: recordedSize,
  align,
  devices: z.array(device).default([]),
})

export type DaxctlRegion = z.output<typeof daxctlRegion>
export type DaxctlDevice = DaxctlRegion['devices'][number]

/** True for an entry under libnvdimm, which stands for one namespace. */
export function isNamespaceEntry(region: DaxctlRegion): boolean {
  return /\/ndbus\d+\//.test(region.path)
}

/** How the device is used; a driver of another kind than ours leaves it disabled to us. */
export function usageOf({ mode, state }: DaxctlDevice): { mode: Mode; enabled: boolean } {
  const known = mode === 'devdax' || mode === 'system-ram' ? mode : null
  return { mode: known ?? 'devdax', enabled: known !== null && state !== 'disabled' }
}

/** The ranges in device order; null when they are not seamless in the device's address space. */
function rangesIn(mappings: readonly z.output<typeof mapping>[]): DeviceRange[] | null {
  const sorted = mappings.toSorted((left, right) => left.page_offset - right.page_offset)
  if (sorted.some(({ start, end }) => end < start || !Number.isSafeInteger(end + 1))) return null
  const ranges = rangesOf(
    sorted.map((part) => extent(part.start, bytes(part.end - part.start + 1))),
  )
  const isSeamless = ranges.every(
    ({ offset }, index) => offset === (sorted[index]?.page_offset ?? -1) * PAGE_SIZE,
  )
  return isSeamless ? ranges : null
}
