import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { ALIGNS, type Align, type Bytes, bytes, GIB, isAlign, MIB } from '../../core/units.ts'
import { nullIfGone } from './host-errors.ts'
import { readText } from './read-sysfs.ts'

/**
 * The alignments a dynamic device of this kernel can have. libnvdimm publishes its own list; for
 * the dax bus it follows from the same conditions.
 * Source: drivers/dax/dax-private.h `dax_align_valid`.
 */
export async function supportedAligns(
  host: { readonly sysRoot: string; readonly procRoot: string },
  size: Bytes,
): Promise<Align[]> {
  const huge = join(host.sysRoot, 'kernel/mm/transparent_hugepage')
  const hasPmd = (await readText(huge, 'enabled')) !== null
  const hasPud = hasPmd && (await hasGigabytePages(host.procRoot))
  return ALIGNS.map(bytes)
    .filter(isAlign)
    .filter((align) => align < 2 * MIB || hasPmd)
    .filter((align) => align < GIB || hasPud)
    .filter((align) => align <= size)
}

async function hasGigabytePages(procRoot: string): Promise<boolean> {
  const text = (await nullIfGone(readFile(join(procRoot, 'cpuinfo'), 'utf8'))) ?? ''
  return /^flags\s*:.*\bpdpe1gb\b/m.test(text)
}
