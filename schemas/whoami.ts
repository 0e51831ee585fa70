import { z } from 'zod'
import { ROLES, VIAS } from '../src/core/principal.ts'

/** Who asks, as daxd has recognised it. */
export const whoamiView = z
  .object({
    name: z.string(),
    role: z.enum(ROLES),
    tenant: z.string().nullable().describe("Null for the host's own people."),
    via: z.enum(VIAS).describe('By what it was recognised.'),
  })
  .meta({ id: 'Whoami', description: 'Who asks.' })
