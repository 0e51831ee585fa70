import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { DeviceSpecs } from '../ports/device-specs.ts'
import type { Log } from '../ports/log.ts'
import { createSpecDirectory } from './spec-directory.ts'
import type { SpecStyle } from './spec-document.ts'

/** Where specifications are written, and under which kind. */
interface SpecPlace {
  readonly directory: string
  /** `vendor/class` */
  readonly kind: string
}

/** Remembers in the state directory where specifications may lie. */
const PLACES_FILE = 'cdi-places.json'

/**
 * The CDI directory that the configuration names, undefined for none. What earlier starts have
 * left in another directory, or under another kind, is taken away: nobody would look after it, and
 * its paths may come to be other claims'.
 */
export async function openDeviceSpecs(
  options: {
    readonly place: SpecPlace | null
    readonly style: SpecStyle
    readonly stateDirectory: string
  },
  log: Log,
): Promise<DeviceSpecs | undefined> {
  const { place, style, stateDirectory } = options
  const file = join(stateDirectory, PLACES_FILE)
  const left: SpecPlace[] = place === null ? [] : [place]
  for (const former of await readPlaces(file)) {
    if (former.directory === place?.directory && former.kind === place.kind) continue
    try {
      await empty(createSpecDirectory({ ...former, style }))
    } catch (err) {
      log.error({ err, ...former }, 'the CDI directory of before cannot be cleared')
      left.push(former)
    }
  }
  await writePlaces(file, left)
  return place === null ? undefined : createSpecDirectory({ ...place, style })
}

async function empty(specs: DeviceSpecs): Promise<void> {
  await specs.sweep()
  for (const device of await specs.list()) await specs.remove(device)
}

async function readPlaces(file: string): Promise<SpecPlace[]> {
  try {
    return JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

async function writePlaces(file: string, places: readonly SpecPlace[]): Promise<void> {
  if (places.length === 0) {
    await rm(file, { force: true })
    return
  }
  const temporary = `${file}.tmp`
  await writeFile(temporary, `${JSON.stringify(places)}\n`, { flush: true })
  await rename(temporary, file)
}
