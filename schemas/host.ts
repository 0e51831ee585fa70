import { z } from 'zod'

/** The doctor's report; it may say more than is fixed here. */
export const hostView = z
  .looseObject({
    verdict: z.string(),
    findings: z.array(z.looseObject({})),
  })
  .meta({ id: 'Host', description: 'What this host supports, what is missing, and why.' })
export type HostView = z.output<typeof hostView>
