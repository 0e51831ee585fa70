/**
 * The lowest id from 0 up that is not taken.
 * Source: drivers/dax/bus.c `alloc_dev_dax_id` (an IDA gives the lowest free id).
 */
export function lowestFreeId(taken: Iterable<number>): number {
  const ids = new Set(taken)
  let id = 0
  while (ids.has(id)) id += 1
  return id
}
