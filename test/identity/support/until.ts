const STEP_MS = 20
const LIMIT_MS = 20_000

/** Waits until something holds; on a slow machine that may take a while. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<number> {
  const begun = performance.now()
  while (!(await holds())) {
    if (performance.now() - begun > LIMIT_MS) throw new Error('it never came to be')
    await new Promise((resolve) => setTimeout(resolve, STEP_MS))
  }
  return performance.now() - begun
}
