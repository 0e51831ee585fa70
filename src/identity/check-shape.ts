import { z } from 'zod'

/**
 * Checks what a file holds.
 * @throws Error that names the first wrong place; never what stands there, which may be a secret.
 */
export function checkShape<T>(schema: z.ZodType<T>, value: unknown): T {
  const checked = schema.safeParse(value)
  if (checked.success) return checked.data
  const [issue] = checked.error.issues
  const path = z.core.toDotPath(issue?.path ?? [])
  throw new Error(`${path === '' ? '' : `${path}: `}${issue?.message ?? 'it is malformed'}`)
}
