import type { Api } from '../../support/api.ts'
import { bits, FLAG_BITS, PROT_BITS } from '../mmap-names.ts'
import type { Guest, Probe, ProbeRequest } from '../rig/guest.ts'
import { type DaxdAnswer, type GrantedMmap, judge } from './judge.ts'
import { createDraws, drawRequest, type MappingRequest } from './mapping-request.ts'
import type { Subject } from './subject.ts'

/** Each request is a map and an unmap, and a batch takes 1,000 operations. */
const REQUESTS_PER_BATCH = 500
/** One request in so many is also asked as a dry run. */
const DRY_RUN_EVERY = 50
/** Of a mapping that daxd refused, only so many units are touched: its length knows no bound. */
const REFUSED_UNITS_MAX = 4
const UNITS_MAX = 2 ** 30

export interface DifferentialOptions {
  readonly api: Api
  readonly guest: Guest
  readonly subjects: readonly Subject[]
  readonly seed: number
  readonly count: number
}

export interface DifferentialReport {
  readonly seed: number
  readonly count: number
  readonly dryRuns: number
  /** How many requests ended in each way. */
  readonly classes: Readonly<Record<string, number>>
  readonly disagreements: readonly object[]
}

/** Asks daxd and a real kernel the same random questions and compares the answers. */
export async function runDifferential(options: DifferentialOptions): Promise<DifferentialReport> {
  const { guest, subjects, seed, count } = options
  const draw = createDraws(seed)
  const probe = await guest.openProbe()
  const classes: Record<string, number> = {}
  const disagreements: object[] = []
  let dryRuns = 0
  try {
    await fill(probe, subjects)
    for (let done = 0; done < count; done += REQUESTS_PER_BATCH) {
      const size = Math.min(REQUESTS_PER_BATCH, count - done)
      const requests = Array.from({ length: size }, () => drawRequest(draw, subjects))
      const { answers, rehearsed, odd } = await askDaxd(options.api, requests)
      dryRuns += rehearsed
      disagreements.push(...odd)
      const asked = requests.map((request, k) => probeRequest(request, answers[k]))
      const replies = await probe.askAll(asked)
      requests.forEach((request, k) => {
        const answer = answers[k]
        const reply = replies[k] ?? {}
        if (answer === undefined) throw new Error('an answer is missing')
        const verdict = judge(request, answer, reply)
        if (verdict.agrees) classes[verdict.class] = (classes[verdict.class] ?? 0) + 1
        else disagreements.push(described(request, { why: verdict.why, answer, reply }))
      })
    }
  } finally {
    await probe.end()
  }
  return { seed, count, dryRuns, classes: sorted(classes), disagreements }
}

/** Puts an instruction that returns at every page, so that execution can be touched too. */
async function fill(probe: Probe, subjects: readonly Subject[]): Promise<void> {
  const open = subjects.filter(({ state }) => state !== 'disabled')
  const replies = await probe.askAll(
    open.map(({ path, size }) => ({ op: 'map', path, length: size, touch: 'w', unit: 4096 })),
  )
  replies.forEach((reply, k) => {
    if (reply['faults'] === 0) return
    throw new Error(`${open[k]?.path} cannot be filled: ${JSON.stringify(reply)}`)
  })
}

interface BatchResult {
  readonly status: number
  readonly result?: { readonly mmap: GrantedMmap }
  readonly problem?: { readonly code: string; readonly errno: string }
}

async function askDaxd(api: Api, requests: readonly MappingRequest[]) {
  const operations = requests.flatMap((request, k) => [
    { op: 'map', ...bodyOf(request) },
    { op: 'unmap', id: `#${2 * k}` },
  ])
  const { results } = (await api.act('/v1/batch', { operations })) as { results: BatchResult[] }
  const answers = requests.map((_request, k) => answerOf(results[2 * k]))
  const odd: object[] = []
  let rehearsed = 0
  for (let k = 0; k < requests.length; k += DRY_RUN_EVERY) {
    const request = requests[k]
    if (request === undefined) continue
    rehearsed += 1
    const dry = await api.ask('post', '/v1/mappings?dry_run=true', { body: bodyOf(request) })
    const rehearsal = answerOf(
      dry.status === 200
        ? { status: 201, result: dry.body }
        : { status: dry.status, problem: dry.body },
    )
    const answer = answers[k]
    if (JSON.stringify(essence(rehearsal)) === JSON.stringify(essence(answer))) continue
    odd.push(described(request, { why: 'the dry run answers otherwise', answer, rehearsal }))
  }
  return { answers, rehearsed, odd }
}

/** The part of an answer that does not depend on what else is mapped in the same batch. */
function essence(answer: DaxdAnswer | undefined) {
  return answer?.kind === 'refusal' ? { code: answer.code } : { grant: answer?.mmap.length }
}

function bodyOf({ subject, handle, length, offset, flags, prot, exclusive }: MappingRequest) {
  return {
    handle: subject.handles[handle],
    ...{ length, flags, prot, exclusive },
    ...(offset === undefined ? {} : { offset }),
  }
}

function answerOf(result: BatchResult | undefined): DaxdAnswer {
  if (result?.status === 201 && result.result !== undefined) {
    return { kind: 'grant', mmap: result.result.mmap }
  }
  if (result?.problem === undefined) throw new Error(`no answer: ${JSON.stringify(result)}`)
  const { code, errno } = result.problem
  return { kind: 'refusal', code, errno }
}

/** A grant's own call, or what the refused client would have called. */
function probeRequest(request: MappingRequest, answer: DaxdAnswer | undefined): ProbeRequest {
  const { subject, handle } = request
  const granted = answer?.kind === 'grant' ? answer.mmap : null
  const { offset = 0, length, flags, prot } = granted ?? request
  const touch = prot.map((name) => TOUCHES[name] ?? '').join('')
  return {
    ...{ op: 'map', path: subject.path, open: handle === 'ro' ? 'ro' : 'rw' },
    ...{ offset, length, flags: bits(FLAG_BITS, flags), prot: bits(PROT_BITS, prot) },
    ...{ touch, unit: subject.align, limit: granted === null ? REFUSED_UNITS_MAX : UNITS_MAX },
  }
}

const TOUCHES: Readonly<Record<string, string>> = {
  PROT_READ: 'r',
  PROT_WRITE: 'w',
  PROT_EXEC: 'x',
}

function described({ subject, ...request }: MappingRequest, outcome: object): object {
  const { label, size, align, state } = subject
  return { ...outcome, request, subject: { label, size, align, state } }
}

function sorted(classes: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(classes).sort(([, a], [, b]) => b - a))
}

/** The report as people read it; the seed first, so that a failure can be played again. */
export function reportText({ seed, count, dryRuns, classes, disagreements }: DifferentialReport) {
  const lines = Object.entries(classes).map(([name, n]) => `${String(n).padStart(8)}  ${name}`)
  const head = `differential: seed ${seed}, ${count} requests, ${dryRuns} of them dry runs too`
  const odd = `${String(disagreements.length).padStart(8)}  disagreements`
  return [head, ...lines, odd, ...disagreements.map((one) => JSON.stringify(one))].join('\n')
}
