const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
}

const PATTERN = /^([1-9]\d{0,8})([smhdw])$/

/** Milliseconds of a duration as people write it, `90d` or `12h`; null for any other text. */
export function parseDuration(text: string): number | null {
  const [, count, unit = ''] = PATTERN.exec(text) ?? []
  const unitMs = UNITS_MS[unit]
  return unitMs === undefined ? null : Number(count) * unitMs
}
