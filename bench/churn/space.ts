import { type Caller, itemsOf } from './caller.ts'

/** A mapping as daxd lists it. */
export interface Listed {
  readonly id: string
  readonly chardev: string
  readonly offset: number
  readonly length: number
  readonly state: string
}

/** All live objects and the space as daxd tells them: the same after a restart. */
export interface Standing {
  readonly mappings: ReadonlyMap<string, Listed>
  readonly handles: readonly string[]
  readonly namespaces: readonly string[]
  readonly deviceBytes: ReadonlyMap<string, number>
  readonly regionFree: readonly number[]
}

/** Free space of the devices of the standing population. */
export interface Space {
  readonly freeBytes: number
  readonly largestGapBytes: number
}

/** Reads everything that stands. @throws Error when a region's capacity does not add up. */
export async function readStanding(caller: Caller): Promise<Standing> {
  const listed = await itemsOf<Listed>(caller, '/v1/mappings')
  const handles = await itemsOf<{ id: string }>(caller, '/v1/handles')
  const namespaces = await itemsOf<NamespaceItem>(caller, '/v1/namespaces')
  const devices = await itemsOf<{ chardev: string; size: number }>(caller, '/v1/devices')
  const regions = await itemsOf<RegionItem>(caller, '/v1/regions')
  for (const { id, size, available_size } of regions) {
    const taken = namespaces.reduce((sum, each) => sum + (each.region === id ? each.size : 0), 0)
    if (taken + available_size !== size) {
      const parts = `${taken} B of namespaces and ${available_size} B available`
      throw new Error(`region ${id} has ${size} B, but ${parts}`)
    }
  }
  const mappings = listed.map(({ id, chardev, offset, length, state }) => [
    id,
    { id, chardev, offset, length, state },
  ])
  return {
    mappings: new Map(mappings as [string, Listed][]),
    handles: handles.map(({ id }) => id).sort(),
    namespaces: namespaces.map(({ name, chardev }) => `${name} ${chardev}`).sort(),
    deviceBytes: new Map(devices.map(({ chardev, size }) => [chardev, size])),
    regionFree: regions.map(({ available_size }) => available_size),
  }
}

interface NamespaceItem {
  readonly name: string
  readonly chardev: string
  readonly region: number
  readonly size: number
}

interface RegionItem {
  readonly id: number
  readonly size: number
  readonly available_size: number
}

/**
 * The gaps between the mappings of these devices.
 * @throws Error when two mappings overlap or one ends beyond its device.
 */
export function measureSpace(
  mappings: Iterable<Listed>,
  deviceBytes: ReadonlyMap<string, number>,
): Space {
  const byDevice = new Map<string, Listed[]>([...deviceBytes.keys()].map((name) => [name, []]))
  for (const mapping of mappings) {
    const list = byDevice.get(mapping.chardev)
    if (list === undefined) throw new Error(`${mapping.id} is on no device of these`)
    list.push(mapping)
  }
  let freeBytes = 0
  let largestGapBytes = 0
  for (const [chardev, list] of byDevice) {
    let end = 0
    const gap = (until: number, what: string) => {
      if (until < end) throw new Error(`${what} overlaps on ${chardev}: ${until} is before ${end}`)
      freeBytes += until - end
      largestGapBytes = Math.max(largestGapBytes, until - end)
    }
    for (const { id, offset, length } of list.sort((one, other) => one.offset - other.offset)) {
      gap(offset, id)
      end = offset + length
    }
    gap(deviceBytes.get(chardev) ?? 0, 'the end')
  }
  return { freeBytes, largestGapBytes }
}
