import { isDeepStrictEqual } from 'node:util'
import { CLAIM_CALLS } from './calls/claims.ts'
import { DEVICE_CALLS } from './calls/devices.ts'
import { LEASE_CALLS } from './calls/leases.ts'
import type { Maker } from './calls/make.ts'
import { MAPPING_CALLS } from './calls/mappings.ts'
import { NAMESPACE_CALLS } from './calls/namespaces.ts'
import { see, type Witness } from './events.ts'
import { type Answer, type Body, call } from './http.ts'
import { oneOf, type Random } from './random.ts'
import { type Change, type ClientRecord, meet, note, type Open, settle } from './record.ts'

/** Of the keyed calls, how many are sent twice at once, as an impatient client would. */
const TWICE_SHARE = 0.1
/** Of all calls, how many repeat one that was answered before. */
const REPEAT_SHARE = 0.06
const POLL_MS = 5

const MAKERS: readonly Maker[] = [
  ...NAMESPACE_CALLS,
  ...DEVICE_CALLS,
  ...MAPPING_CALLS,
  ...MAPPING_CALLS,
  ...LEASE_CALLS,
  ...CLAIM_CALLS,
]

/** What the clients of one life of the daemon share. */
export interface Stage {
  readonly url: string
  /** The device that all of them open and map. */
  readonly shared: string
  readonly witness: Witness
  /** Called at every success, before the client goes on. */
  readonly onSuccess: () => void
}

/** One life of a client: random calls, one at a time, until the daemon answers no more. */
export async function live(stage: Stage, record: ClientRecord, random: Random): Promise<void> {
  let isAnswered = true
  while (isAnswered) {
    if (random() < REPEAT_SHARE && record.answered.length > 0) {
      isAnswered = await repeat(stage, record, random)
      continue
    }
    const change = oneOf(random, MAKERS)(record, random, stage.shared)
    if (change !== null) isAnswered = await perform(stage, record, change, random)
  }
}

/** Makes one call and writes down what came of it; false when it was not answered. */
async function perform(
  stage: Stage,
  record: ClientRecord,
  change: Change,
  random: Random,
): Promise<boolean> {
  const { method, path, options } = change
  const isTwice = options.key !== undefined && random() < TWICE_SHARE
  const sent = Array.from({ length: isTwice ? 2 : 1 }, () => call(stage.url, method, path, options))
  const answers = await Promise.all(sent)
  const [first, second] = answers.filter((answer) => answer !== null)
  if (first !== undefined && second !== undefined) record.violations.push(...unlike(first, second))
  const open: Open = { change, operation: first?.status === 202 ? first.body.id : null }
  note(record, open, first ?? null)
  if (first === undefined) return false
  if (first.status >= 300) return true
  stage.onSuccess()
  if (first.status === 202) return follow(stage, record, open)
  witnessAnswer(stage.witness, change, first)
  return answers.length === 1 || second !== undefined
}

/** Two calls with one key are one call with two answers. */
function unlike(first: Answer, second: Answer): string[] {
  if (first.status >= 300 || second.status >= 300) return []
  const isOne = first.status === second.status && isDeepStrictEqual(first.body, second.body)
  if (isOne && first.replayed !== second.replayed) return []
  return [`one key, two answers: ${JSON.stringify(first)} and ${JSON.stringify(second)}`]
}

/** Waits for the end of an operation, which tells whether the change has happened. */
export async function follow(stage: Stage, record: ClientRecord, open: Open): Promise<boolean> {
  const path = `/v1/operations/${open.operation}`
  for (;;) {
    const answer = await call(stage.url, 'GET', path)
    if (answer === null) {
      record.unanswered.push(open)
      return false
    }
    if (answer.status !== 200) {
      record.violations.push(`${path}: ${JSON.stringify(answer.body)}`)
      return true
    }
    see(stage.witness, 'operation', answer.body)
    const { state } = answer.body
    if (state === 'running' || state === 'queued') {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS))
      continue
    }
    noteEnd(record, open, answer.body)
    return true
  }
}

function noteEnd(record: ClientRecord, { change }: Open, operation: Body): void {
  const { state, problem, result } = operation
  if (state === 'succeeded') {
    settle(record, change)
    const [made] = [...change.creates, ...change.sets.map(({ thing }) => thing)]
    if (made !== undefined && result !== null) meet(made, result)
    return
  }
  // A refusal of the work itself is judged as if it had been answered at once.
  note(
    record,
    { change, operation: null },
    { status: problem.status, body: problem, replayed: false },
  )
}

/** A repeated call is answered as it was the first time, word for word, and does nothing. */
async function repeat(stage: Stage, record: ClientRecord, random: Random): Promise<boolean> {
  const { change, status, body } = oneOf(random, record.answered)
  const { method, path, options } = change
  const isOther = random() < 0.3
  const sent = isOther ? { ...options, body: { ...options.body, labels: { not: 'it' } } } : options
  const answer = await call(stage.url, method, path, sent)
  if (answer === null) return false
  const isRight = isOther
    ? answer.status === 422 || answer.status === 400
    : answer.replayed && answer.status === status && isDeepStrictEqual(answer.body, body)
  if (!isRight) record.violations.push(`${path} again: ${JSON.stringify(answer)}`)
  return true
}

/** What an answer shows must be what happened. */
function witnessAnswer(witness: Witness, { path, creates, parts }: Change, answer: Answer): void {
  const { body, replayed, status } = answer
  if (body === null || replayed || status === 204 || parts !== undefined) return
  const [made] = creates
  if (path === '/v1/batch') {
    for (const [at, { result }] of body.results.entries()) {
      const kind = creates[at]?.kind
      if (kind !== undefined) see(witness, kind, result)
    }
  } else if (made !== undefined) see(witness, made.kind, body)
  else if (path.startsWith('/v1/devices/')) see(witness, 'device', body)
  else if (path.startsWith('/v1/namespaces/') && body.name !== undefined) {
    see(witness, 'namespace', body)
  } else if (path.endsWith('/renew')) see(witness, 'lease', body)
}

const LISTS = {
  namespace: '/v1/namespaces',
  device: '/v1/devices',
  handle: '/v1/handles',
  mapping: '/v1/mappings',
  lease: '/v1/leases',
  claim: '/v1/claims',
  operation: '/v1/operations',
} as const
const KINDS = Object.keys(LISTS) as (keyof typeof LISTS)[]
const PAUSE_MS = 3

/** A reader: whatever it is shown, a crash must not take back. */
export async function watchLists({ url, witness }: Stage, random: Random): Promise<void> {
  for (;;) {
    const kind = oneOf(random, KINDS)
    const answer = await call(url, 'GET', `${LISTS[kind]}?limit=1000`)
    if (answer === null) return
    for (const item of answer.body.items) see(witness, kind, item)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
  }
}
