import { constants } from 'node:os'

const NAMES = new Map(Object.entries(constants.errno).map(([name, number]) => [number, name]))

/** The name of an errno as Linux numbers them; `OK` for 0. */
export function errnoName(number: number): string {
  if (number === 0) return 'OK'
  // Numbers with two names: Node lists the alias last.
  if (number === constants.errno.EAGAIN) return 'EAGAIN'
  if (number === constants.errno.EOPNOTSUPP) return 'EOPNOTSUPP'
  return NAMES.get(number) ?? `errno ${number}`
}
