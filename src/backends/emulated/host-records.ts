import { readdir, readFile, stat } from 'node:fs/promises'
import type { z } from 'zod'
import { parseChardev } from '../../core/chardev.ts'
import { DaxError } from '../../core/errors.ts'
import type { RegionNature } from '../../core/model.ts'
import { nullIfGone } from './host-errors.ts'
import type { HostFiles } from './host-files.ts'
import type { HostPaths } from './host-paths.ts'
import { type DeviceOnDisk, deviceSchema, regionSchema } from './record-schemas.ts'

/** The largest record read; a device of 100,000 ranges stays below it. */
const RECORD_MAX_BYTES = 16 * 1024 * 1024

/** How many records are read side by side. */
const READS_AT_ONCE_MAX = 64

/**
 * What is true of the emulated host, read from disk each time.
 * Reading rejects with DaxError `backend_failed` for a record that is not as we write them.
 */
export interface HostRecords {
  /** In ascending order of their ids. */
  regions(): Promise<RegionNature[]>
  region(id: number): Promise<RegionNature | null>
  writeRegion(region: RegionNature): Promise<void>
  removeRegion(id: number): Promise<void>
  /** By region, then by id; with `region` only the devices of that one. */
  devices(region?: number): Promise<DeviceOnDisk[]>
  device(chardev: string): Promise<DeviceOnDisk | null>
  writeDevice(device: DeviceOnDisk): Promise<void>
  removeDevice(chardev: string): Promise<void>
}

/** Records at these paths; nothing is kept in memory, so the disk is the host. */
export function createHostRecords(paths: HostPaths, files: HostFiles): HostRecords {
  const region = (id: number) => readRecord(paths.regionRecord(id), regionSchema)
  const device = (chardev: string) => readRecord(paths.deviceRecord(chardev), deviceSchema)
  const write = (path: string, record: object) =>
    files.writeText({ path, text: `${JSON.stringify(record)}\n` })
  return {
    async regions() {
      const ids = (await readdir(paths.host)).flatMap(regionIdOf).sort((a, b) => a - b)
      return readAll(ids, region)
    },
    region,
    writeRegion: (record) => write(paths.regionRecord(record.id), regionSchema.parse(record)),
    removeRegion: (id) => files.remove(paths.regionRecord(id)),
    async devices(only) {
      const names = (await readdir(paths.host)).flatMap(chardevOf)
      const wanted = names.filter((name) => only === undefined || name.region === only)
      wanted.sort((a, b) => a.region - b.region || a.id - b.id)
      return readAll(wanted, ({ chardev }) => device(chardev))
    },
    device,
    writeDevice: (record) => write(paths.deviceRecord(record.chardev), deviceSchema.parse(record)),
    removeDevice: (chardev) => files.remove(paths.deviceRecord(chardev)),
  }
}

function regionIdOf(fileName: string): number[] {
  const match = /^region(\d+)\.json$/.exec(fileName)
  return match === null ? [] : [Number(match[1])]
}

function chardevOf(fileName: string): { chardev: string; region: number; id: number }[] {
  if (!fileName.endsWith('.json')) return []
  const chardev = fileName.slice(0, -'.json'.length)
  const parts = parseChardev(chardev)
  return parts === null ? [] : [{ chardev, ...parts }]
}

/** The records that are still there when their turn comes, in the order of `keys`. */
async function readAll<K, R>(
  keys: readonly K[],
  read: (key: K) => Promise<R | null>,
): Promise<R[]> {
  const records: R[] = []
  for (let next = 0; next < keys.length; next += READS_AT_ONCE_MAX) {
    const batch = await Promise.all(keys.slice(next, next + READS_AT_ONCE_MAX).map(read))
    for (const record of batch) if (record !== null) records.push(record)
  }
  return records
}

async function readRecord<R>(path: string, schema: z.ZodType<R>): Promise<R | null> {
  const facts = await nullIfGone(stat(path))
  if (facts === null) return null
  if (facts.size > RECORD_MAX_BYTES) throw unreadable(path, `it has ${facts.size} bytes`)
  const text = await nullIfGone(readFile(path, 'utf8'))
  return text === null ? null : parseRecord(path, text, schema)
}

function parseRecord<R>(path: string, text: string, schema: z.ZodType<R>): R {
  try {
    return schema.parse(JSON.parse(text))
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: string, cause: unknown): DaxError {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const detail = `The record ${name} of the emulated host is damaged.`
  return new DaxError('backend_failed', detail, {}, cause)
}
