import type { Answer } from '../load/http-connection.ts'

/**
 * The ids of what a batch made, in order. Its answers are tens of thousands of bytes long and come
 * by hundreds a second, so they are searched and not parsed.
 */
export function idsOf({ body }: Answer): string[] {
  return [...body.matchAll(/"result":\{"id":"([^"]+)"/g)].map(([, id]) => id ?? '')
}

/** The status of each operation of a batch, in order. */
export function statusesOf({ body }: Answer): number[] {
  return [...body.matchAll(/\{"status":(\d+)/g)].map(([, status]) => Number(status))
}
