import { z } from 'zod'
import { PERSISTENCES, PROVIDERS, REGION_KINDS } from '../src/core/vocabulary.ts'
import { labelsInput, nodeInput } from './common.ts'
import { sizeInput } from './size.ts'

/** Which regions may serve a request. No region fits is ENOSPC, with the reason for each. */
export const selectorInput = z
  .strictObject({
    provider: z.enum(PROVIDERS).exactOptional(),
    persistence: z.enum(PERSISTENCES).exactOptional(),
    numa_node: nodeInput.exactOptional(),
    target_node: nodeInput.exactOptional(),
    kind: z.enum(REGION_KINDS).exactOptional(),
    labels: labelsInput.exactOptional().describe('Labels that the region must have.'),
    min_available: sizeInput.exactOptional().describe('Bytes that must be free in the region.'),
  })
  .meta({ id: 'Selector', description: 'Which regions may serve the request.' })
export type SelectorInput = z.output<typeof selectorInput>
