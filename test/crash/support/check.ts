import { isDeepStrictEqual } from 'node:util'
import { faultsOf, look, type Shown } from './audit.ts'
import { type Audited, auditedSince, auditFaults, followOn } from './audited.ts'
import { follow, type Stage } from './client.ts'
import { compare, type Resolved, toReplay } from './compare.ts'
import { catchUp, closeWindow, collectedSince, type Witness, witnessFaults } from './events.ts'
import { type Body, call, must } from './http.ts'
import type { Random } from './random.ts'
import { type ClientRecord, note, remember } from './record.ts'
import { storyOf } from './story.ts'

/** All that one check was made on: plain values, so that a test can falsify a copy. */
export interface Evidence {
  readonly clients: readonly ClientRecord[]
  readonly witness: Witness
  readonly shown: Shown
  /** The kept events since the last check. */
  readonly collected: readonly Body[]
  readonly differences: readonly Body[]
  readonly audited: Audited
}

export interface Check {
  readonly faults: readonly string[]
  /** What is known of the objects that the faults name. */
  readonly story: readonly string[]
  readonly resolved: readonly Resolved[]
  /** As it was before the check, if it was asked for; null when the check came not so far. */
  readonly evidence: Evidence | null
}

export interface Verdict {
  readonly faults: readonly string[]
  readonly resolved: readonly Resolved[]
}

const SETTLE_TRIES = 600
const SETTLE_PAUSE_MS = 20
/** Of the calls without an answer, how many are sent again, as a client would. */
const AGAIN_SHARE = 0.6

const HALF_DONE = ['creating', 'deleting', 'wiping', 'releasing', 'draining', 'queued', 'running']

/** Looks at all there is, and holds it against what clients, readers and watchers were told. */
export async function checkAfterCrash(
  stage: Stage,
  clients: readonly ClientRecord[],
  random: Random,
): Promise<Check> {
  const { url, witness } = stage
  const { shown, told } = await lookAtRest(url, witness)
  const { items: differences } = await must(url, 'GET', '/v1/reconciliation')
  const collected = await collectedSince(url, told)
  const audited = await auditedSince(url, witness.audit, told.newest)
  const before: Evidence = { clients, witness: told, shown, collected, differences, audited }
  const evidence = structuredClone(before)
  const { faults, resolved } = judge(before)
  const replays = await replayFaults(url, clients, random)
  const found = [...faults, ...replays]
  const story = found.length === 0 ? [] : storyOf(found, evidence)
  closeWindow(witness, told, shown)
  followOn(witness.audit, audited)
  if (found.length > 0) return { faults: found, story, resolved, evidence }
  const again = await sendAgain(stage, resolved, random)
  return { faults: again, story: storyOf(again, evidence), resolved, evidence }
}

/** What is wrong with the evidence. The records learn from it what the crash has left open. */
export function judge(evidence: Evidence): Verdict {
  const { clients, witness, shown, collected, differences, audited } = evidence
  const told = witnessFaults(witness, shown, collected)
  const { faults, resolved } = compare(clients, shown, witness)
  return {
    faults: [
      ...faultsOf(shown),
      ...faults,
      ...told,
      ...auditFaults(audited, collected),
      ...differences.map((one) => `a difference to the host: ${JSON.stringify(one)}`),
    ],
    resolved,
  }
}

/** What was looked at, and what the events had told by then. */
interface Rest {
  readonly shown: Shown
  readonly told: Witness
}

/** Leases go on ending while one looks: the look that counts is one with no change in between. */
async function lookAtRest(url: string, witness: Witness): Promise<Rest> {
  for (let tries = 0; ; tries += 1) {
    const before = await catchUp(url, witness)
    const shown = await look(url)
    await catchUp(url, witness)
    const isStill = witness.newest === before
    const isLast = tries >= SETTLE_TRIES
    if ((isStill && !isHalfDone(shown)) || isLast) return { shown, told: structuredClone(witness) }
    await new Promise((resolve) => setTimeout(resolve, SETTLE_PAUSE_MS))
  }
}

function isHalfDone({ things, devices, operations }: Shown): boolean {
  const all = [...things.namespace, ...things.claim, ...devices, ...operations]
  return all.some(({ state }) => HALF_DONE.includes(state))
}

/** Repeats answered calls: each first answer comes again, word for word. */
async function replayFaults(
  url: string,
  clients: readonly ClientRecord[],
  random: Random,
): Promise<string[]> {
  const found: string[] = []
  for (const { change, status, body } of clients.flatMap((record) => toReplay(record, random))) {
    const again = await call(url, change.method, change.path, change.options)
    const isFirst = again?.status === status && isDeepStrictEqual(again.body, body)
    if (again?.replayed && isFirst) continue
    const first = JSON.stringify({ status, body })
    found.push(
      `${change.path} with key ${change.options.key}: ${JSON.stringify(again)}, not ${first}`,
    )
  }
  return found
}

/**
 * Calls without an answer are sent again with their keys, as clients do: what had happened is told,
 * what had not happens now, and nothing happens twice.
 */
async function sendAgain(
  stage: Stage,
  resolved: readonly Resolved[],
  random: Random,
): Promise<string[]> {
  const found: string[] = []
  for (const { record, open, happened } of resolved) {
    const { method, path, options, creates, fails } = open.change
    if (method !== 'POST' || happened === null || fails !== undefined) continue
    if (random() >= AGAIN_SHARE) continue
    const answer = await call(stage.url, method, path, options)
    if (answer?.status === 202) {
      remember(record, { change: open.change, status: 202, body: answer.body })
      // It was taken on before the crash, which may have ended it before it had begun.
      const refusals = [...open.change.refusals, 'cancelled']
      const change = { ...open.change, refusals }
      if (!happened) await follow(stage, record, { change, operation: answer.body.id })
      continue
    }
    if (!happened && answer?.replayed === false) note(record, open, answer)
    else if (!happened) found.push(`${path} had not happened, and again: ${JSON.stringify(answer)}`)
    else {
      // Recovery finishes a namespace without its caller: it is found by its name then.
      const isTold = answer?.replayed || (path === '/v1/namespaces' && answer?.status === 200)
      const shown: Body[] = answer?.body?.results?.map(({ result }: Body) => result) ?? [
        answer?.body,
      ]
      const isSame = creates.every(({ id }) =>
        shown.some((item) => item !== undefined && (item.name ?? item.id) === id),
      )
      if (!isTold || !isSame)
        found.push(`${path} had happened, and again: ${JSON.stringify(answer)}`)
      else if (answer?.replayed) {
        remember(record, { change: open.change, status: answer.status, body: answer.body })
      }
    }
  }
  return found
}
