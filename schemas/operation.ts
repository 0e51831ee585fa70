import { z } from 'zod'
import { OPERATION_STATES } from '../src/core/vocabulary.ts'
import * as common from './common.ts'
import { problemView } from './problem.ts'

export const operationView = z
  .object({
    id: z.string(),
    verb: z.string().describe('`create-namespace`, `disable-device`, ...'),
    target: z.object({ kind: z.enum(['namespace', 'device', 'claim', 'tenant']), id: z.string() }),
    state: z.enum(OPERATION_STATES),
    progress: z.object({ done: common.bytesOutput, total: common.bytesOutput }).describe('Bytes.'),
    rate: z.number().nullable().describe('Bytes a second.'),
    eta_ms: z.number().nullable(),
    started_at: common.instantOutput.nullable(),
    finished_at: common.instantOutput.nullable(),
    result: z.unknown().describe('What the synchronous call would have answered, or null.'),
    problem: problemView
      .nullable()
      .describe('How it failed; of a wipe that is running, why it waits.'),
    tenant: common.tenantOutput,
    ...common.storedFields,
  })
  .meta({ id: 'Operation', description: 'Work that outlasts its call.' })
export type OperationView = z.output<typeof operationView>

export const operationPage = common.pageOf(operationView)
export const operationParams = z.strictObject({ id: common.identifier })
export const operationListQuery = z.strictObject({
  ...common.pageQueryFields,
  state: z.enum(OPERATION_STATES).exactOptional(),
})
export type OperationListQuery = z.output<typeof operationListQuery>
