/** The number pair in a device's name: `daxREGION.ID`. */
interface ChardevParts {
  readonly region: number
  readonly id: number
}

/** The parts of `daxR.N`, null when it is not such a name. */
export function parseChardev(chardev: string): ChardevParts | null {
  const match = /^dax(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})$/.exec(chardev)
  if (match === null) return null
  return { region: Number(match[1]), id: Number(match[2]) }
}
