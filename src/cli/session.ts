import type { Command } from 'commander'
import { type Daxd, DaxdConnectionError, DaxdError } from '../../client/src/index.ts'
import type { OperationView, ProblemView } from '../../schemas/index.ts'
import {
  type Connection,
  type ConnectionFlags,
  readConnection,
} from './connection/connection-settings.ts'
import { EXIT, type ExitClass, exitClassOf } from './exit-codes.ts'
import { renderJson } from './output/json-c.ts'
import { createProgressLine } from './output/progress-line.ts'
import { refusalText } from './output/refusal-text.ts'
import { type Column, renderTable } from './output/table.ts'
import type { Surroundings } from './output/terminal-output.ts'

/** The options that every command which speaks to a daemon has. */
export interface SessionFlags extends ConnectionFlags {
  readonly json?: boolean
  readonly verbose?: boolean
}

/** What a command has to work with: the daemon, and ways to say what came of it. */
export interface Session {
  readonly daxd: Daxd
  readonly surroundings: Surroundings
  /** Whether answers are for programs: asked for by --json, or nobody looks at stdout. */
  readonly json: boolean
  /** Whether --json was given: then refusals are JSON, too, and nothing is told as `[]`. */
  readonly jsonAsked: boolean
  /** Ends when the user does not want to wait any longer. */
  readonly signal: AbortSignal
  /** To be given to every call that may last: awaited with a progress line. */
  readonly follow: {
    readonly signal: AbortSignal
    readonly onProgress: (operation: OperationView) => void
  }
  print(text: string): void
  printJson(value: unknown): void
  /** JSON for programs, or a table for people. */
  show<Row>(rows: readonly Row[], columns: readonly Column<Row>[], json?: unknown): void
  /** A line on stderr. */
  say(text: string): void
  /** A refusal on stderr; answers its class. Anything else is thrown on. */
  refuse(error: unknown, about?: { readonly subject?: string; readonly name?: string }): ExitClass
}

/** Thrown into whatever waits when Ctrl-C is pressed. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError'
}

/** What is made of the connection, and what it runs in; injected for tests. */
export interface SessionDeps extends Surroundings {
  connect(connection: Connection, onRetry: (text: string) => void): Daxd
}

/** Runs one command: its end is the exit code, a refusal is told, Ctrl-C says what goes on. */
export async function runSession(
  deps: SessionDeps,
  flags: SessionFlags,
  act: (session: Session) => Promise<ExitClass | number>,
): Promise<number> {
  const interrupt = new AbortController()
  const progress = createProgressLine(deps.stderr)
  let running: OperationView | null = null
  const say = (text: string): void => {
    progress.clear()
    deps.stderr.write(`${text}\n`)
  }
  const onProgress = (operation: OperationView): void => {
    running = isOver(operation) ? null : operation
    if (running === null) progress.clear()
    else progress.show(operation)
  }
  const connection = readConnection(flags, deps.env)
  const talk = flags.verbose === true ? say : () => undefined
  talk(`daxd is at ${connection.url}`)
  const daxd = deps.connect(connection, talk)
  const session = createSession(deps, flags, { daxd, say, onProgress, signal: interrupt.signal })
  const onInterrupt = (): void => interrupt.abort(new InterruptedError())
  process.once('SIGINT', onInterrupt)
  try {
    const end = await act(session)
    return typeof end === 'number' ? end : EXIT[end].code
  } catch (error) {
    progress.clear()
    if (error instanceof InterruptedError) {
      say(interruptedText(running))
      return EXIT.interrupted.code
    }
    return EXIT[session.refuse(error)].code
  } finally {
    process.removeListener('SIGINT', onInterrupt)
  }
}

interface Inner extends Pick<Session, 'daxd' | 'say' | 'signal'> {
  readonly onProgress: (operation: OperationView) => void
}

function createSession(
  deps: SessionDeps,
  { json: jsonAsked = false }: SessionFlags,
  { daxd, say, onProgress, signal }: Inner,
): Session {
  const json = jsonAsked || deps.stdout.isTTY !== true
  const print = (text: string): void => void deps.stdout.write(text)
  return {
    daxd,
    surroundings: deps,
    json,
    jsonAsked,
    signal,
    follow: { signal, onProgress },
    print,
    printJson: (value) => print(renderJson(value)),
    show(rows, columns, value = rows) {
      if (json) print(renderJson(value))
      else if (rows.length === 0) say('none')
      else print(renderTable(columns, rows))
    },
    say,
    refuse(error, about) {
      if (error instanceof DaxdError) return tell(error.problem, about)
      if (!(error instanceof DaxdConnectionError)) throw error
      say(`daxd: ${error.message}`)
      say('  try: is it running ("daxd serve")? --url or --socket say where')
      return 'unreachable'
    },
  }

  function tell(problem: ProblemView, about: Parameters<Session['refuse']>[1]): ExitClass {
    const text = jsonAsked ? renderJson(problem) : refusalText(problem, about)
    say(text.trimEnd())
    return exitClassOf(problem)
  }
}

function isOver({ state }: OperationView): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled'
}

function interruptedText(running: OperationView | null): string {
  if (running === null) {
    return 'daxd: interrupted. What the daemon has begun goes on: "daxd operations" shows it.'
  }
  const { id, verb, target } = running
  return (
    `daxd: interrupted. ${verb} ${target.id} goes on in the daemon as operation ${id}:\n` +
    `  daxd operations wait ${id}    waits for it\n` +
    `  daxd operations cancel ${id}  asks it to end`
  )
}

/** An action of commander that runs in a session: its options last, then the command itself. */
export function sessionAction<Options extends SessionFlags>(
  deps: SessionDeps,
  act: (session: Session, options: Options, args: readonly string[]) => Promise<ExitClass | number>,
): (...given: unknown[]) => Promise<void> {
  return async (...given) => {
    const command = given.at(-1) as Command
    const options = command.opts<Options>()
    process.exitCode = await runSession(deps, options, (session) =>
      act(session, options, command.args),
    )
  }
}
