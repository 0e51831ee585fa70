import { z } from 'zod'
import { PERSISTENCES, PROVIDERS, REGION_KINDS } from '../src/core/vocabulary.ts'
import { labelsInput, nameInput, nodeInput } from './common.ts'
import { sizeInput } from './size.ts'

/** Which regions may serve a request. No region fits is ENOSPC, with the reason for each. */
export const selectorInput = z
  .strictObject({
    region: z.int().min(0).exactOptional().describe('The id of the one region.'),
    namespace: nameInput
      .exactOptional()
      .describe('The one pool namespace: for claims of a slice, as only they go into one.'),
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
