import { type LaneSpecification, laneSpecification } from '../lane/specification.ts'
import { type Judgement, judge } from './judge.ts'
import { CLIENTS, createLane, type Lane, type Recorded } from './lane.ts'
import { revisionFaults, withDeletions } from './revisions.ts'
import { type Watch, watchEvents } from './watch.ts'
import { createWire } from './wire.ts'

export interface BoardOptions {
  readonly url: string
  /** The daemon itself, when the url is that of something in between: events, setting up. */
  readonly eventsUrl?: string
  readonly lanes: number
  readonly random: () => number
  readonly specification?: LaneSpecification
  /** Begins no further round after this, so that a loaded machine plays fewer; for ever without. */
  readonly budgetMs?: number
}

/** What many histories came to. */
export interface Tally {
  readonly histories: number
  readonly operations: number
  readonly unknown: number
  readonly configurations: number
  readonly faults: readonly string[]
  /** How often each call was answered how. */
  readonly answers: Readonly<Record<string, number>>
}

/** Records rounds of histories, one a lane at the same time, and judges each round whole. */
export async function playHistories(options: BoardOptions, histories: number): Promise<Tally> {
  const deadline = performance.now() + (options.budgetMs ?? Number.POSITIVE_INFINITY)
  const { url, lanes: count, random, specification = laneSpecification() } = options
  const { eventsUrl = url } = options
  const watch = await watchEvents(eventsUrl)
  const lanes = await Promise.all(
    Array.from({ length: count }, (_, at) =>
      createLane({
        wires: Array.from({ length: CLIENTS }, () => createWire(() => url)),
        aside: createWire(() => eventsUrl),
        name: `n${at}`,
        random,
      }),
    ),
  )
  const tally = { histories: 0, operations: 0, unknown: 0, configurations: 0 }
  const faults: string[] = []
  const answers: Record<string, number> = {}
  try {
    for (let round = 0; tally.histories < histories && faults.length === 0; round += 1) {
      if (performance.now() > deadline) break
      const { judgements, recorded } = await playRound(lanes, watch, round, specification, faults)
      tally.histories += judgements.length
      tally.operations += recorded.length
      tally.configurations += judgements.reduce((sum, one) => sum + one.configurations, 0)
      tally.unknown += recorded.filter(({ operation }) => operation.answer === null).length
      for (const { operation } of recorded) {
        const { answer, call } = operation
        const how = answer === null ? 'unknown' : 'code' in answer ? answer.code : 'ok'
        answers[`${call.type} ${how}`] = (answers[`${call.type} ${how}`] ?? 0) + 1
      }
    }
  } finally {
    watch.close()
    for (const lane of lanes) lane.close()
  }
  return { ...tally, faults, answers }
}

async function playRound(
  lanes: readonly Lane[],
  watch: Watch,
  round: number,
  specification: LaneSpecification,
  faults: string[],
): Promise<{ readonly judgements: readonly Judgement[]; readonly recorded: readonly Recorded[] }> {
  const from = watch.events.length
  const played = await Promise.all(
    lanes.map(async (lane) => ({
      initial: await lane.begin(),
      recorded: await lane.record(round),
    })),
  )
  await Promise.all(lanes.map((lane) => lane.clear()))
  const all = played.flatMap(({ recorded }) => recorded)
  await watch.reached(Math.max(0, ...all.map(({ body }) => body?.revision ?? 0)))
  const events = watch.events.slice(from)
  const judgements = played.map(({ initial, recorded }) =>
    judge(
      initial,
      withDeletions(recorded, events).map(({ operation }) => operation),
      specification,
    ),
  )
  for (const [at, { fault }] of judgements.entries()) {
    if (fault !== null) faults.push(`lane ${lanes[at]!.name}, round ${round}: ${fault}`)
  }
  const annotated = played.flatMap(({ recorded }) => withDeletions(recorded, events))
  faults.push(...revisionFaults(annotated, events))
  return { judgements, recorded: annotated }
}
