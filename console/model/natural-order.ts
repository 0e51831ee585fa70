const collator = new Intl.Collator('en', { numeric: true })

/** Orders names as people do: `dax0.2` before `dax0.10`. */
export function naturalOrder(left: string, right: string): number {
  return collator.compare(left, right) || (left < right ? -1 : Number(left > right))
}
