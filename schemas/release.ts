/** What to do with the users of a device that is disabled or removed. */
import { z } from 'zod'
import { IF_BUSYS } from '../src/core/vocabulary.ts'
import { decimalText, noContent, revokedOutput, timeoutInput } from './common.ts'
import { operationView } from './operation.ts'

const ifBusy = z
  .enum(IF_BUSYS)
  .exactOptional()
  .describe(
    '`refuse` (default): EBUSY with `holders`. `drain`: wait for the last reference. ' +
      '`revoke`: end every use at once.',
  )
const TIMEOUT_DESCRIPTION = 'How long a drain may last, milliseconds.'

/** Query of a DELETE that takes a device away. */
export const removalQuery = z.strictObject({
  if_busy: ifBusy,
  timeout_ms: decimalText(timeoutInput).exactOptional().describe(TIMEOUT_DESCRIPTION),
})
export type RemovalQuery = z.output<typeof removalQuery>

/** Query of a DELETE of a claim: its own holder is leaving, so there is nobody to wait for. */
export const claimRemovalQuery = z.strictObject({
  if_busy: z
    .enum(['refuse', 'revoke'])
    .exactOptional()
    .describe('`refuse` (default): EBUSY while a process or another holder uses it.'),
})

/** Body of a disable; an absent body is the same as `{}`. */
export const deviceDisable = z.preprocess(
  (body) => (body === undefined ? {} : body),
  z.strictObject({
    if_busy: ifBusy,
    timeout_ms: timeoutInput.exactOptional().describe(TIMEOUT_DESCRIPTION),
  }),
)
export type DeviceDisable = z.output<typeof deviceDisable>

/** What a removal is answered with: nothing, or what a revoke hit; or its operation. */
export const releaseView = {
  200: z.object({ revoked: revokedOutput }),
  202: operationView,
  204: noContent,
}
