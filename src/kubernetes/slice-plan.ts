import type { KubeObject } from './kube-api.ts'
import type { SliceDevice } from './slice-devices.ts'

/** The API server takes so many devices in one slice. */
const DEVICES_MAX = 128

/** A ResourceSlice, as far as we write and read it. */
export interface Slice extends KubeObject {
  readonly spec: SliceSpec
}

export interface SliceSpec {
  readonly driver: string
  readonly nodeName: string
  readonly pool: {
    readonly name: string
    readonly generation: number
    readonly resourceSliceCount: number
  }
  readonly devices?: readonly SliceDevice[]
}

/** The calls that bring the published slices to what is wanted, in this order. */
export interface SlicePlan {
  readonly update: readonly { readonly slice: Slice; readonly spec: SliceSpec }[]
  readonly create: readonly SliceSpec[]
  readonly remove: readonly Slice[]
}

export interface SliceWish {
  readonly driver: string
  readonly nodeName: string
  readonly devices: readonly SliceDevice[]
  /** True for a slice that is known to be what the server has made of these very devices. */
  isKnown(slice: Slice, devices: readonly SliceDevice[]): boolean
}

/**
 * What to do about this driver's slices of this node. All slices of the pool get one generation and
 * one count: consumers take the highest generation, and leave a pool alone while it is not whole.
 * Slices of other pools were left by another version of the driver: they go.
 */
export function planSlices(existing: readonly Slice[], wish: SliceWish): SlicePlan {
  const { nodeName, driver } = wish
  const chunks = chunksOf(wish.devices)
  const ours = existing
    .filter(({ spec }) => spec.pool.name === nodeName)
    .sort((left, right) => (firstOf(left) < firstOf(right) ? -1 : 1))
  const others = existing.filter((slice) => !ours.includes(slice))
  if (isAsWanted(ours, chunks, wish)) return { update: [], create: [], remove: others }
  const generation = Math.max(0, ...ours.map(({ spec }) => spec.pool.generation)) + 1
  const specs = chunks.map((devices) => ({
    driver,
    nodeName,
    pool: { name: nodeName, generation, resourceSliceCount: chunks.length },
    devices,
  }))
  return {
    update: specs.flatMap((spec, at) => {
      const slice = ours[at]
      return slice === undefined ? [] : [{ slice, spec }]
    }),
    create: specs.slice(ours.length),
    remove: [...others, ...ours.slice(specs.length)],
  }
}

function isAsWanted(
  ours: readonly Slice[],
  chunks: readonly (readonly SliceDevice[])[],
  wish: SliceWish,
): boolean {
  const generation = ours[0]?.spec.pool.generation
  return (
    ours.length === chunks.length &&
    ours.every((slice, at) => {
      const { pool } = slice.spec
      const isWhole = pool.generation === generation && pool.resourceSliceCount === chunks.length
      return isWhole && wish.isKnown(slice, chunks[at] ?? [])
    })
  )
}

function chunksOf(devices: readonly SliceDevice[]): SliceDevice[][] {
  const sorted = [...devices].sort((left, right) => (left.name < right.name ? -1 : 1))
  const chunks: SliceDevice[][] = []
  for (let at = 0; at < sorted.length; at += DEVICES_MAX) {
    chunks.push(sorted.slice(at, at + DEVICES_MAX))
  }
  return chunks
}

function firstOf({ spec }: Slice): string {
  return spec.devices?.[0]?.name ?? ''
}
