import { z } from 'zod'
import { DaxError } from '../../core/errors.ts'
import { createDraws } from './seeded-draws.ts'

/** The calls of a backend that can be made to fail. */
export const FAULT_OPERATIONS = [
  'create',
  'reshape',
  'enable',
  'disable',
  'destroy',
  'fence',
  'unfence',
  'observe',
  'wipe',
  'discover',
  'defineRegion',
  'dropRegion',
] as const
export type FaultOperation = (typeof FAULT_OPERATIONS)[number]

/** What a call ends with; `hang` is no answer at all, until the call's time limit. */
const FAULT_ERRNOS = ['EIO', 'EBUSY', 'ENOSPC', 'EINVAL', 'ENXIO', 'hang'] as const
export type FaultErrno = (typeof FAULT_ERRNOS)[number]

/** `before`: nothing was done. `after`: all was done, but the caller is told otherwise. */
export type FaultMoment = 'before' | 'after'

const RULES_MAX = 100
const LATENCY_MAX_MS = 600_000
const UINT32_MAX = 2 ** 32 - 1

const ruleSchema = z.strictObject({
  operation: z.enum([...FAULT_OPERATIONS, '*']),
  when: z.enum(['before', 'after']),
  probability: z.number().min(0).max(1),
  /** Absent for a rule that only makes calls slow. */
  errno: z.enum(FAULT_ERRNOS).exactOptional(),
  latency_ms: z.int().min(0).max(LATENCY_MAX_MS).exactOptional(),
  /** The only region whose calls it strikes; absent for every call. */
  region: z.int().min(0).exactOptional(),
  /** How often the rule strikes at most. */
  times: z.int().min(1).exactOptional(),
})

/** What shall go wrong, as it is written in a file. */
export const faultSpecSchema = z.strictObject({
  seed: z.int().min(0).max(UINT32_MAX),
  rules: z.array(ruleSchema).max(RULES_MAX),
})
export type FaultSpec = z.infer<typeof faultSpecSchema>

/** One fault that strikes: first the latency passes, then the call ends with the errno. */
export interface Fault {
  readonly latencyMs: number
  readonly errno: FaultErrno | null
}

/** Decides for one call; each moment is asked once, and only when the call gets there. */
export type CallFaults = (moment: FaultMoment) => Fault | null

export interface Faults {
  /**
   * To be called when a call begins: the order of an operation's calls decides their faults.
   * `regions` are those that the call is about; none for a look at the whole host.
   */
  begin(operation: FaultOperation, regions: readonly number[]): CallFaults
}

/**
 * Faults that depend on the seed and on how many calls of the same operation came before, never
 * on time or on other operations. Of the rules for a call and moment the first that strikes wins.
 * `*` stands for every operation above; `times` of such a rule counts over all of them.
 *
 * @throws DaxError `malformed` with the issues.
 */
export function createFaults(given: unknown): Faults {
  const spec = parseSpec(given)
  const left = spec.rules.map((rule) => rule.times ?? Number.POSITIVE_INFINITY)
  const calls = new Map<FaultOperation, number>()
  return {
    begin(operation, regions) {
      const call = calls.get(operation) ?? 0
      calls.set(operation, call + 1)
      const draw = createDraws(spec.seed, `${operation}#${call}`)
      // All are drawn now: a rule that has struck out must not move the luck of the others.
      const draws = spec.rules.map(() => draw())
      return (moment) => {
        const index = spec.rules.findIndex((rule, at) => {
          if (rule.when !== moment) return false
          if (rule.operation !== '*' && rule.operation !== operation) return false
          if (rule.region !== undefined && !regions.includes(rule.region)) return false
          return (left[at] ?? 0) > 0 && (draws[at] ?? 1) < rule.probability
        })
        const rule = spec.rules[index]
        if (rule === undefined) return null
        left[index] = (left[index] ?? 0) - 1
        return { latencyMs: rule.latency_ms ?? 0, errno: rule.errno ?? null }
      }
    },
  }
}

function parseSpec(given: unknown): FaultSpec {
  const result = faultSpecSchema.safeParse(given)
  if (result.success) return result.data
  const issues = result.error.issues.map((issue) => ({
    path: issue.path.map(String).join('.'),
    message: issue.message,
  }))
  const [first] = issues
  const where = first === undefined ? '' : `: ${first.path} ${first.message}`
  throw new DaxError('malformed', `The fault specification is malformed${where}.`, { issues })
}
