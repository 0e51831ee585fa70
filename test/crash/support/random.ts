/** Numbers in [0, 1); a stream for each client and life, so a seed gives the same choices. */
export type Random = () => number

/** A whole number from 0 to below `limit`. */
export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit)
}

export function oneOf<T>(random: Random, all: readonly T[]): T {
  const chosen = all[below(random, all.length)]
  if (chosen === undefined) throw new Error('there is nothing to choose from')
  return chosen
}
