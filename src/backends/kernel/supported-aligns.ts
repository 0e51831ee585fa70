import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ALIGNS, type Align, type Bytes, bytes, GIB, isAlign, MIB } from '../../core/units.ts'
import { nullIfGoneNow } from './host-errors.ts'
import { readTextNow } from './read-sysfs.ts'

/**
 * The alignments a dynamic device of this kernel can have. libnvdimm publishes its own list; for
 * the dax bus it follows from the same conditions.
 * Source: drivers/dax/dax-private.h `dax_align_valid`.
 */
export function supportedAligns(
  host: { readonly sysRoot: string; readonly procRoot: string },
  size: Bytes,
): Align[] {
  const huge = join(host.sysRoot, 'kernel/mm/transparent_hugepage')
  const hasPmd = readTextNow(huge, 'enabled') !== null
  const hasPud = hasPmd && hasGigabytePages(host.procRoot)
  return ALIGNS.map(bytes)
    .filter(isAlign)
    .filter((align) => align < 2 * MIB || hasPmd)
    .filter((align) => align < GIB || hasPud)
    .filter((align) => align <= size)
}

function hasGigabytePages(procRoot: string): boolean {
  const text = nullIfGoneNow(() => readFileSync(join(procRoot, 'cpuinfo'), 'utf8')) ?? ''
  return /^flags\s*:.*\bpdpe1gb\b/m.test(text)
}
