/** `npm run test:crash`: kills daxd under load, again and again, and checks what it shows. */
import { parseArgs } from 'node:util'
import { crashRun, type Figures } from './support/crash-run.ts'
import type { Tally } from './support/tally.ts'

const KILLS = 50
const CLIENTS = 6
const SEED_LIMIT = 2 ** 31
const PROGRESS_MS = 5000
const FAULTS_TOLD = 20

const HELP = `Usage: npm run test:crash -- [--kills N] [--seed N] [--clients N]

Starts daxd on a state directory of its own, uses it with several clients at once, kills it with
SIGKILL at random instants (some while it starts), and checks after each start that everything
acknowledged is there and the rest is whole or absent.

  --kills N     how often to kill it (default ${KILLS})
  --clients N   how many clients at once (default ${CLIENTS})
  --seed N      makes the same choices again (default: random, printed)
  --help        this text

Exit code 0: all is well. 1: something is not; the state directory is kept. 2: wrong arguments.
`

function tell({ kills, startKills, calls, successes, events, happened, absent }: Figures): string {
  const open = `unanswered: ${happened} had happened, ${absent} had not`
  const load = `${calls} calls, ${successes} successes, ${events} events`
  return `${kills} kills (${startKills} of starts), ${load}; ${open}`
}

/** What the load was made of. */
function tellTally(tally: Tally): string {
  const rows = Object.entries(tally).sort(([left], [right]) => (left < right ? -1 : 1))
  const lines = rows.map(([kind, { successes, refusals }]) => {
    const counts = [successes, refusals].map((count) => String(count).padStart(8))
    return `${counts.join('')}  ${kind}`
  })
  return ['successes refused', ...lines].join('\n')
}

function wholeNumber(text: string | undefined, fallback: number): number {
  const value = text === undefined ? fallback : Number(text)
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new Error(`${text} is not a whole number.`)
}

function readOptions(): { seed: number; kills: number; clients: number } | null {
  const text = { type: 'string' } as const
  const options = { kills: text, seed: text, clients: text, help: { type: 'boolean' } } as const
  const { values } = parseArgs({ options })
  if (values.help) return null
  const seed = wholeNumber(values.seed, Math.floor(Math.random() * SEED_LIMIT))
  const kills = wholeNumber(values.kills, KILLS)
  return { seed, kills, clients: wholeNumber(values.clients, CLIENTS) }
}

async function main(): Promise<number> {
  let options: ReturnType<typeof readOptions>
  try {
    options = readOptions()
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n\n${HELP}`)
    return 2
  }
  if (options === null) {
    process.stdout.write(HELP)
    return 0
  }
  const { seed, kills, clients } = options
  const again = `npm run test:crash -- --kills ${kills} --clients ${clients} --seed ${seed}`
  process.stdout.write(`seed ${seed}; the same choices again: ${again}\n`)
  let told = performance.now()
  const report = await crashRun({
    ...options,
    onRound(figures) {
      if (performance.now() - told < PROGRESS_MS) return
      told = performance.now()
      process.stdout.write(`${tell(figures)}\n`)
    },
  })
  process.stdout.write(`${tellTally(report.figures.tally)}\n${tell(report.figures)}\n`)
  if (report.faults.length === 0) {
    process.stdout.write('all that was acknowledged is there, the rest is whole or absent\n')
    return 0
  }
  const faults = report.faults.slice(0, FAULTS_TOLD)
  const lines = [`${report.faults.length} faults with seed ${seed}:`, ...faults]
  const kept = `The state directory is kept: ${report.directory}\nAgain: ${again}`
  process.stderr.write(`${[...lines, 'What is known:', ...report.story, kept].join('\n')}\n`)
  return 1
}

/** An end by a signal takes the daemon along. */
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const
for (const [signal, code] of Object.entries(SIGNALS)) process.once(signal, () => process.exit(code))

process.exitCode = await main()
