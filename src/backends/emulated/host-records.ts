import { readdir } from 'node:fs/promises'
import { parseChardev } from '../../core/chardev.ts'
import type { RegionNature } from '../../core/model.ts'
import type { HostFiles } from './host-files.ts'
import type { HostPaths } from './host-paths.ts'
import { createKeptRecords, type KeptRecords } from './kept-records.ts'
import { type DeviceOnDisk, deviceSchema, regionSchema } from './record-schemas.ts'

/**
 * What is true of the emulated host, looked up on disk each time. Records are never changed.
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

/** Records at these paths. Memory only saves reading what has not changed: the disk is the host. */
export function createHostRecords(paths: HostPaths, files: HostFiles): HostRecords {
  const regions = createKeptRecords(regionSchema)
  const devices = createKeptRecords(deviceSchema)
  const change = async <R>(kept: KeptRecords<R>, path: string, step: Promise<void>) => {
    try {
      await step
    } finally {
      kept.forget(path)
    }
  }
  const write = <R extends object>(kept: KeptRecords<R>, path: string, record: R) =>
    change(kept, path, files.writeText({ path, text: `${JSON.stringify(record)}\n` }))
  const remove = <R>(kept: KeptRecords<R>, path: string) => change(kept, path, files.remove(path))
  return {
    async regions() {
      const ids = (await readdir(paths.host)).flatMap(regionIdOf).sort((a, b) => a - b)
      const records = ids.map(paths.regionRecord)
      regions.keepOnly(records)
      return regions.readAll(records)
    },
    region: (id) => regions.read(paths.regionRecord(id)),
    writeRegion: (record) =>
      write(regions, paths.regionRecord(record.id), regionSchema.parse(record)),
    removeRegion: (id) => remove(regions, paths.regionRecord(id)),
    async devices(only) {
      const names = (await readdir(paths.host)).flatMap(chardevOf)
      const recordOf = ({ chardev }: { readonly chardev: string }) => paths.deviceRecord(chardev)
      devices.keepOnly(names.map(recordOf))
      const wanted = names.filter((name) => only === undefined || name.region === only)
      wanted.sort((a, b) => a.region - b.region || a.id - b.id)
      return devices.readAll(wanted.map(recordOf))
    },
    device: (chardev) => devices.read(paths.deviceRecord(chardev)),
    writeDevice: (record) =>
      write(devices, paths.deviceRecord(record.chardev), deviceSchema.parse(record)),
    removeDevice: (chardev) => remove(devices, paths.deviceRecord(chardev)),
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
