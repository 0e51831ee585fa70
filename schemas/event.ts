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
    object: z.unknown().optional().describe('The object after the change; absent for deletions.'),
  })
  .meta({ id: 'Event' })
export type EventView = z.output<typeof eventView>

export const eventPage = common.pageOf(eventView)

const revision = common.decimalText(z.int().min(0))

export const eventListQuery = z.strictObject({
  ...common.pageQueryFields,
  since: revision.exactOptional().describe('Only changes after this revision.'),
})
export type EventListQuery = z.output<typeof eventListQuery>

export const eventHeaders = z.looseObject({
  'last-event-id': revision.exactOptional().describe('Goes on after this revision.'),
})
