/** Shapes that several resources share. Units on the wire: bytes, milliseconds, RFC 3339. */
import { z } from 'zod'
import { TENANT_NAME_PATTERN, TENANT_NAME_RULE } from '../src/core/tenant-name.ts'
import { ALIGNS } from '../src/core/units.ts'

export const LIST_LIMIT_MAX = 1000
export const LIST_LIMIT_DEFAULT = 100
export const IDENTIFIER_LENGTH_MAX = 256
export const LABELS_COUNT_MAX = 64
export const LABEL_KEY_LENGTH_MAX = 128
export const LABEL_VALUE_LENGTH_MAX = 256
/** The longest delay that one timer can be set to, about 24.8 days. */
export const DURATION_MS_MAX = 2_147_483_647
/** Linux numbers NUMA nodes below MAX_NUMNODES (1024 on x86-64); -1 is NUMA_NO_NODE. */
export const NODE_MIN = -1
export const NODE_MAX = 1023

/** Free text without control characters (NUL among them) and without broken UTF-16. */
export const PRINTABLE_PATTERN = /^[^\p{Cc}\p{Cs}]*$/u
export const NAME_PATTERN = /^[a-zA-Z0-9](?:[a-zA-Z0-9._-]{0,61}[a-zA-Z0-9])?$/
export const CHARDEV_PATTERN = /^dax(?:0|[1-9]\d{0,8})\.(?:0|[1-9]\d{0,8})$/

const CONTROL_MESSAGE = 'must not contain control characters'
const DECIMAL_PATTERN = /^(?:0|[1-9]\d{0,15})$/

/** A number as a query string or a path writes it: decimal digits. */
export function decimalText<T extends z.ZodType<number>>(schema: T) {
  return z.preprocess(
    (text) => (typeof text === 'string' && DECIMAL_PATTERN.test(text) ? Number(text) : text),
    schema,
  )
}

/** A boolean as a query string writes it: `true` or `false`. */
export const booleanText = z.preprocess((text) => {
  if (text === 'true') return true
  return text === 'false' ? false : text
}, z.boolean())

/** Printable text of `min`..`max` UTF-16 units. */
export function printable(min: number, max: number): z.ZodString {
  return z.string().min(min).max(max).regex(PRINTABLE_PATTERN, CONTROL_MESSAGE)
}

/** An identifier that daxd gave out: opaque to clients, so any printable text may be looked up. */
export const identifier = printable(1, IDENTIFIER_LENGTH_MAX)

export const nameInput = z
  .string()
  .regex(NAME_PATTERN, 'must be 1 to 63 letters, digits, dots, underscores or dashes')
  .describe('Starts and ends with a letter or a digit.')

export const chardevInput = z
  .string()
  .regex(CHARDEV_PATTERN, 'must look like dax0.1')
  .describe("The kernel's device name, as in `dax0.1`.")

export const holderInput = printable(1, 256).describe(
  'Who holds it, in the words of the caller: a pod uid, a container id, a job name.',
)

export const nodeInput = z.int().min(NODE_MIN).max(NODE_MAX).describe('A NUMA node, -1 for none.')

const labelKey = printable(1, LABEL_KEY_LENGTH_MAX)
const labelValue = printable(0, LABEL_VALUE_LENGTH_MAX)

/** Labels as a creation or a PUT carries them. */
export const labelsInput = z
  .record(labelKey, labelValue)
  .refine(isBounded, `must have at most ${LABELS_COUNT_MAX} entries`)
  .meta({ maxProperties: LABELS_COUNT_MAX })

/** Labels as a PATCH carries them: a JSON merge patch, where null takes a label away. */
export const labelsPatch = z
  .record(labelKey, labelValue.nullable())
  .refine(isBounded, `must have at most ${LABELS_COUNT_MAX} entries`)
  .meta({ maxProperties: LABELS_COUNT_MAX })
  .describe('A JSON merge patch (RFC 7396): null takes a label away, what is not named stays.')

function isBounded(labels: object): boolean {
  return Object.keys(labels).length <= LABELS_COUNT_MAX
}

/** Bytes in an answer, 0..2^53-1. */
export const bytesOutput = z.int().min(0)
export const alignOutput = z.literal([...ALIGNS])
export const instantOutput = z.string().meta({ format: 'date-time' })
export const generationOutput = z.int().min(0)

/** What every stored object carries. */
export const storedFields = {
  revision: z.int().min(0).describe('One counter for the whole service; also the ETag.'),
  created_at: instantOutput,
  updated_at: instantOutput,
  labels: z.record(z.string(), z.string()),
}

/** Whose it is. */
export const tenantOutput = z
  .string()
  .nullable()
  .describe("The tenant that has it; null for the host's own.")

export const tenantInput = z
  .string()
  .regex(TENANT_NAME_PATTERN, TENANT_NAME_RULE)
  .describe('Whose it shall be, for callers who belong to no tenant.')

/** A process seen on the host. */
export const processOutput = z.object({ pid: z.int(), comm: z.string() }).meta({ id: 'Process' })

/** What a revoke hit. */
export const revokedOutput = z
  .object({ mappings: z.int().min(0), processes: z.array(processOutput) })
  .meta({ id: 'Revoked', description: 'What a revoke hit.' })

/** A physical range of a device, as `daxctl list -M` gives it. */
export const rangeOutput = z
  .object({
    page_offset: z.int().min(0).describe('Where it begins in the device, in 4 KiB pages.'),
    start: bytesOutput.describe('Physical address of the first byte.'),
    end: bytesOutput.describe('Physical address of the last byte (inclusive).'),
    size: bytesOutput,
  })
  .meta({ id: 'DeviceRange' })

/** The envelope of a collection. */
export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().describe('Give it as `cursor` for the next page; null at the end.'),
  })
}

/** The query parameters of every collection. */
export const pageQueryFields = {
  limit: decimalText(z.int().min(1).max(LIST_LIMIT_MAX))
    .default(LIST_LIMIT_DEFAULT)
    .describe(`Default: ${LIST_LIMIT_DEFAULT}.`),
  cursor: printable(1, 1024).exactOptional().describe('`next` of the page before.'),
}

export const pageQuery = z.strictObject(pageQueryFields)
export type PageQuery = z.output<typeof pageQuery>

/** The query of a call that takes none: an unknown parameter is refused all the same. */
export const emptyQuery = z.strictObject({})

/** The body of a call that takes none: absent or `{}`. */
export const emptyBody = z.preprocess(
  (body) => (body === undefined ? {} : body),
  z.strictObject({}),
)

/** The answer 204. */
export const noContent = z.undefined().describe('Done; there is nothing to tell.')

export const dryRunQuery = z.strictObject({
  dry_run: booleanText
    .exactOptional()
    .describe('Answer what would happen, or the very refusal, and change nothing.'),
})

/** How long a drain may last, milliseconds. */
export const timeoutInput = z.int().min(0).max(DURATION_MS_MAX)
