import { z } from 'zod'
import { EVENT_TYPES, KINDS } from '../src/core/vocabulary.ts'
import * as common from './common.ts'

/** One change, as the stream and the collection of events carry it. */
export const eventView = z
  .object({
    revision: z.int().min(0),
    at: common.instantOutput,
    type: z.enum(EVENT_TYPES),
    kind: z.enum(KINDS),
    id: z.string(),
    object: z
      .unknown()
      .optional()
      .describe(
        'The object after the change. Absent for deletions, but for that of a device: what it last ' +
          'was, since another generation may bear its name by then.',
      ),
  })
  .meta({ id: 'Event' })
export type EventView = z.output<typeof eventView>

const eventPage = common.pageOf(eventView)

/** Events are answered in either of two forms, as `Accept` asks. */
export const eventAnswer = {
  description: 'A stream of events, or a page of them with `Accept: application/json`.',
  content: {
    'application/json': { schema: eventPage },
    'text/event-stream': {
      schema: z.string().describe('Frames with the revision as `id` and an Event as `data`.'),
    },
  },
}

const revision = common.decimalText(z.int().min(0))

export const eventListQuery = z.strictObject({
  ...common.pageQueryFields,
  since: revision.exactOptional().describe('Only changes after this revision.'),
})
export type EventListQuery = z.output<typeof eventListQuery>

export const eventHeaders = z.looseObject({
  'last-event-id': revision.exactOptional().describe('Goes on after this revision.'),
})
