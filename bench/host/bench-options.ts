import { tmpdir } from 'node:os'
import { parseArgs } from 'node:util'
import { GROUPS, type Group } from '../report/targets.ts'

const ROUNDS = 5
const SECONDS = 3
const LIVE = 1_000_000
const QUICK = { rounds: 2, seconds: 1, live: 20_000 }
const CONNECTIONS = 64
const RESULT_FILE = '.bench/results.json'
const KERNEL_CYCLE_FILE = '.bench/kernel-cycle.txt'

export const HELP = `npm run bench -- [options]

Measures daxd against the targets of docs/performance.md. A full run takes some minutes.

  --rows LIST       groups of rows: ${GROUPS.join(', ')} (default: all)
  --rounds N        interleaved rounds (default ${ROUNDS}); medians are told
  --seconds N       measured seconds of each window (default ${SECONDS})
  --live N          live mappings of the scale rows (default ${LIVE})
  --connections N   clients at a time (default ${CONNECTIONS})
  --quick           ${QUICK.rounds} rounds of ${QUICK.seconds} s, ${QUICK.live} live: does it run at all?
  --dir DIR         whose disk takes the ledgers (default: the system's temporary directory)
  --kernel-cycle F  what bench/kernel-cycle.ts printed on a real kernel (default
                    ${KERNEL_CYCLE_FILE})
  --json FILE       all figures (default ${RESULT_FILE})
  --write FILE      puts the results between the markers in this document; needs all rows
  --gate            exit code 1 when a "must" is missed or was not run
  --help            this text
`

export interface BenchOptions {
  readonly groups: ReadonlySet<Group>
  readonly rounds: number
  readonly seconds: number
  readonly live: number
  readonly connections: number
  readonly isQuick: boolean
  readonly parentDirectory: string
  readonly kernelCycleFile: string
  readonly resultFile: string
  readonly document: string | null
  readonly isGate: boolean
}

/** Reads the flags; null when help is wanted. @throws Error with a sentence for a wrong one. */
export function readOptions(args: readonly string[]): BenchOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rows: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      live: { type: 'string' },
      connections: { type: 'string' },
      quick: { type: 'boolean', default: false },
      dir: { type: 'string', default: tmpdir() },
      'kernel-cycle': { type: 'string', default: KERNEL_CYCLE_FILE },
      json: { type: 'string', default: RESULT_FILE },
      write: { type: 'string' },
      gate: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  if (values.help) return null
  const defaults = values.quick ? QUICK : { rounds: ROUNDS, seconds: SECONDS, live: LIVE }
  const groups = groupsOf(values.rows)
  if (values.write !== undefined && groups.size < GROUPS.length) {
    throw new Error('--write needs all rows: the document tells of one whole run.')
  }
  return {
    groups,
    rounds: numberOf('rounds', values.rounds, defaults.rounds),
    seconds: numberOf('seconds', values.seconds, defaults.seconds),
    live: numberOf('live', values.live, defaults.live),
    connections: numberOf('connections', values.connections, CONNECTIONS),
    isQuick: values.quick,
    parentDirectory: values.dir,
    kernelCycleFile: values['kernel-cycle'],
    resultFile: values.json,
    document: values.write ?? null,
    isGate: values.gate,
  }
}

function groupsOf(text: string | undefined): ReadonlySet<Group> {
  if (text === undefined) return new Set(GROUPS)
  return new Set(
    text.split(',').map((name) => {
      const group = GROUPS.find((each) => each === name.trim())
      if (group === undefined) throw new Error(`--rows knows ${GROUPS.join(', ')}; not "${name}".`)
      return group
    }),
  )
}

function numberOf(name: string, text: string | undefined, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text)
  if (!(Number.isFinite(value) && value > 0)) throw new Error(`--${name} is a number above 0.`)
  return value
}
