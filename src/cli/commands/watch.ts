import { type Command, Option } from 'commander'
import type { EventView } from '../../../schemas/index.ts'
import { KINDS, type Kind } from '../../core/vocabulary.ts'
import { printable } from '../../doctor/terminal.ts'
import { clientCommand, connectionOptions, numberArgument } from '../client-command.ts'
import { shortSize } from '../output/human-size.ts'
import { InterruptedError, type SessionDeps, type SessionFlags, sessionAction } from '../session.ts'

interface WatchFlags extends SessionFlags {
  readonly since?: number
  readonly kind?: readonly Kind[]
}

const NOTES = `A lost connection is taken up where it was lost, also over a restart of the
daemon. With --json each change is a line of JSON with the whole object.`

/** Adds `daxd watch`: every change, a line each. */
export function addWatch(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'watch',
    summary: 'every change as it happens, one line each',
    group: 'What is there:',
    examples: ['watch', 'watch --kind device --kind claim', 'watch --since 120 --json'],
    notes: NOTES,
  })
    .option('--since <revision>', 'first what came after this revision', numberArgument)
    .addOption(
      new Option('--kind <kind>', 'only changes of these; may be repeated')
        .choices([...KINDS])
        .argParser((kind: string, before: string[] | undefined) => [...(before ?? []), kind]),
    )
  connectionOptions(command).action(
    sessionAction<WatchFlags>(deps, async (session, { since, kind }) => {
      const { daxd, signal, jsonAsked, print, say } = session
      const kinds = kind === undefined ? null : new Set(kind)
      const events = daxd.events({
        signal,
        ...(since === undefined ? {} : { since }),
        onLost: ({ error }) => say(`daxd: the connection is lost, trying again: ${error.message}`),
      })
      try {
        for await (const event of events) {
          if (kinds !== null && !kinds.has(event.kind)) continue
          print(jsonAsked ? `${JSON.stringify(event)}\n` : `${eventLine(event)}\n`)
        }
      } catch (error) {
        // Ctrl-C is how one stops watching.
        if (!(error instanceof InterruptedError)) throw error
      }
      return 'done'
    }),
  )
}

/** Members that say most of a change, as far as an object has them. */
const TOLD = ['state', 'holder', 'chardev', 'namespace', 'size', 'length', 'generation'] as const
const SIZES: readonly string[] = ['size', 'length']

/** A change in a line: when, which revision, what. */
function eventLine({ revision, at, type, kind, id, object }: EventView): string {
  const members = (object ?? {}) as Record<string, unknown>
  const told = TOLD.flatMap((name) => {
    const value = members[name]
    if (value === undefined || value === null || value === id) return []
    return [`${name}=${SIZES.includes(name) ? sizeWord(Number(value)) : String(value)}`]
  })
  return printable([at, `#${revision}`, type.padEnd(7), kind, id, ...told].join(' '))
}

/** In one word, since blanks part the members of a line. */
function sizeWord(size: number): string {
  return size === 0 ? '0' : shortSize(size).replaceAll(' ', '')
}
