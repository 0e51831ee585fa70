import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'

const OPERATIONS = 20_000_000
const QUICK_OPERATIONS = 100_000
const BATCH = 100
const BATCH_MIN = 4
const BATCH_MAX = 1000
const LIVE = 20_000
const QUICK_LIVE = 4_000
const SAMPLES = 20
const QUICK_SAMPLES = 4
const SEED_LIMIT = 2 ** 31
/** The standing mappings are dealt to devices and clients; with fewer some would have none. */
const LIVE_MIN = 2_000

export const HELP = `npm run bench:churn -- [options]

A day of churn in minutes: drives a daxd of its own with batches, single calls, leases that expire,
claims, devices that are disabled and enabled, namespaces that come and go, reads, and a reader of
the event stream, over a standing population of mappings. Between steps the load rests and the same
live objects are left; then memory, ledger, space and cost are measured. Tells what grew.

  --operations N  operations in all; each of a batch's counts (default ${OPERATIONS})
  --batch N       operations of one batch, ${BATCH_MIN}..${BATCH_MAX} (default ${BATCH}); smaller ones fill the audit sooner
  --live N        mappings that stand at every sample, from ${LIVE_MIN} (default ${LIVE}); rounded up so that
                  each client has as many on each device
  --samples N     samples, at even steps (default ${SAMPLES})
  --quick         ${QUICK_OPERATIONS} operations, ${QUICK_LIVE} live, ${QUICK_SAMPLES} samples: does it run at all?
  --seed N        makes the same choices again (default: random, printed)
  --dir DIR       whose disk takes the state (default: the system's temporary directory)
  --json FILE     all samples and verdicts
  --help          this text

Exit code 0: nothing grew, all is as it must be. 1: something grew by more than its tolerance, or
an answer, the space or the state after a restart was wrong. 2: wrong arguments.
`

export interface ChurnOptions {
  readonly operations: number
  readonly batch: number
  readonly live: number
  readonly samples: number
  readonly seed: number
  readonly parentDirectory: string
  readonly resultFile: string | null
}

/** Reads the flags; null when help is wanted. @throws Error with a sentence for a wrong one. */
export function readChurnOptions(args: readonly string[]): ChurnOptions | null {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...args],
    options: {
      operations: text,
      batch: text,
      live: text,
      samples: text,
      quick: { type: 'boolean', default: false },
      seed: text,
      dir: { ...text, default: tmpdir() },
      json: text,
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return null
  const { quick } = values
  const samples = wholeNumber('samples', values.samples, quick ? QUICK_SAMPLES : SAMPLES, 2)
  const all = quick ? QUICK_OPERATIONS : OPERATIONS
  const batch = wholeNumber('batch', values.batch, BATCH, BATCH_MIN)
  if (batch > BATCH_MAX) throw new Error(`--batch is at most ${BATCH_MAX}.`)
  return {
    operations: wholeNumber('operations', values.operations, all, samples),
    batch,
    live: wholeNumber('live', values.live, quick ? QUICK_LIVE : LIVE, LIVE_MIN),
    samples,
    seed: wholeNumber('seed', values.seed, Math.floor(Math.random() * SEED_LIMIT), 0),
    parentDirectory: values.dir,
    resultFile: values.json ?? null,
  }
}

function wholeNumber(
  name: string,
  text: string | undefined,
  otherwise: number,
  least: number,
): number {
  const value = text === undefined ? otherwise : Number(text)
  if (Number.isSafeInteger(value) && value >= least) return value
  throw new Error(`--${name} is a whole number from ${least}, not "${text}".`)
}
