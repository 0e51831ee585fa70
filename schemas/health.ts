import { z } from 'zod'

export const liveView = z.object({ status: z.literal('ok') }).meta({ id: 'Liveness' })

export const readyView = z
  .object({
    ready: z.boolean(),
    reasons: z
      .array(z.string())
      .describe('Why it is not ready, or what of its files is not in force though it is.'),
  })
  .meta({ id: 'Readiness' })
