import { z } from 'zod'
import { chardevInput, identifier } from './common.ts'
import { handleCreate, handleView } from './handle.ts'
import { mappingCreate, mappingView } from './mapping.ts'
import { problemView } from './problem.ts'

export const BATCH_COUNT_MAX = 1000

const reference = identifier.describe(
  'An id, or `#k` for the result of operation k of this batch, counted from 0.',
)

const batchOperation = z.discriminatedUnion('op', [
  handleCreate.extend({ op: z.literal('open'), chardev: chardevInput }),
  z.strictObject({ op: z.literal('close'), id: reference }),
  mappingCreate.extend({ op: z.literal('map'), handle: reference }),
  z.strictObject({ op: z.literal('unmap'), id: reference }),
])
export type BatchOperation = z.output<typeof batchOperation>

/** Up to {@link BATCH_COUNT_MAX} operations, one durable commit. */
export const batchRequest = z.strictObject({
  atomic: z.boolean().exactOptional().describe('Default: false. True: all or nothing.'),
  operations: z.array(batchOperation).min(1).max(BATCH_COUNT_MAX),
})
export type BatchRequest = z.output<typeof batchRequest>

export const batchView = z
  .object({
    results: z.array(
      z.object({
        status: z.int().describe('What the single call would have answered.'),
        result: z.union([mappingView, handleView]).exactOptional(),
        problem: problemView.exactOptional(),
      }),
    ),
  })
  .meta({ id: 'BatchResult' })
export type BatchView = z.output<typeof batchView>
