import type { Command, Option } from 'commander'
import { UsageError } from '../usage-error.ts'
import { connectionOptionList } from './client-command.ts'

/** Words that stand before a command's own, parted. */
interface Leading {
  /** The command and those above it, by name. */
  readonly path: readonly string[]
  readonly command: Command
  /** Connection options, with their values, that stand before the command. */
  readonly options: readonly string[]
  readonly rest: readonly string[]
}

/**
 * The words after `daxd` with the connection's options moved behind the command that they stand
 * before, where commander looks for them: `--url X region map` becomes `region map --url X`. What
 * is said again behind the command wins. Other words stay where they are: without a command they
 * are those of `serve`, which has a --token-file of its own.
 *
 * @throws UsageError where no command follows that could speak to a daemon.
 */
export function withOptionsAfterCommand(program: Command, words: readonly string[]): string[] {
  const { path, command, options, rest } = partLeading(program, words)
  if (options.length === 0) return [...words]
  if (command !== program) return [...path, ...options, ...rest]
  const [next] = rest
  // A word that is no command is refused as it is without these options.
  if (next !== undefined) return next.startsWith('-') ? [...words] : [...rest]
  const serve = program.commands.find((one) => one.name() === 'serve')
  const flags = options.map(flagOf).filter((flag) => optionOf(connectionOptionList(), flag))
  const stray = flags.find((flag) => optionOf(serve?.options ?? [], flag) === undefined)
  if (stray === undefined) return [...words]
  throw new UsageError(`${stray} is of commands that speak to a daemon, and none follows it.`)
}

function partLeading(program: Command, words: readonly string[]): Leading {
  const known = connectionOptionList()
  const path: string[] = []
  const options: string[] = []
  let command = program
  let at = 0
  for (; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const option = optionOf(known, flagOf(word))
    if (option !== undefined) {
      const takesNext = option.required && !word.includes('=') && at + 1 < words.length
      options.push(...words.slice(at, at + (takesNext ? 2 : 1)))
      if (takesNext) at += 1
      continue
    }
    const next = command.commands.find((one) => [one.name(), ...one.aliases()].includes(word))
    if (next === undefined) break
    path.push(word)
    command = next
    if (command.commands.length === 0) return { path, command, options, rest: words.slice(at + 1) }
  }
  return { path, command, options, rest: words.slice(at) }
}

function flagOf(word: string): string {
  return word.replace(/=.*$/s, '')
}

function optionOf(options: readonly Option[], flag: string): Option | undefined {
  return options.find(({ long }) => long === flag)
}
