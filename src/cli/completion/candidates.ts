import type { Command, Option } from 'commander'
import { connectionOptionList } from '../client-command.ts'

/** What may stand at the cursor: a word, and what it is. */
export interface Candidate {
  readonly word: string
  readonly about: string
}

/** The kinds of names that only the daemon knows. */
export type NameKind =
  | 'region'
  | 'device'
  | 'namespace'
  | 'claim'
  | 'handle'
  | 'mapping'
  | 'lease'
  | 'operation'

/** What is wanted at the cursor: words, names that are to be asked for, or a file. */
export type Wanted =
  | { readonly kind: 'words'; readonly words: readonly Candidate[] }
  | { readonly kind: 'names'; readonly of: NameKind }
  | { readonly kind: 'files' }

const NOTHING: Wanted = { kind: 'words', words: [] }

/** What operands and option values are called, and what they name. */
const NAME_KINDS: Readonly<Record<string, NameKind>> = {
  region: 'region',
  'region-id': 'region',
  device: 'device',
  'dev-id': 'device',
  namespace: 'namespace',
  'namespace-id': 'namespace',
  claim: 'claim',
  handle: 'handle',
  mapping: 'mapping',
  id: 'lease',
  operation: 'operation',
}

const FILE_VALUES: readonly string[] = ['file', 'path', 'dir', 'input']

/**
 * What may stand where the cursor is, by commander's own description of the commands. `words` are
 * those after `daxd`, the last of them begun, perhaps empty.
 */
export function wantedAt(program: Command, words: readonly string[]): Wanted {
  const current = words.at(-1) ?? ''
  let command = program
  let operands = 0
  let awaited: Option | null = null
  for (const word of words.slice(0, -1)) {
    if (word === '=') continue
    if (awaited !== null) awaited = null
    else if (word === '--') return { kind: 'files' }
    else if (word.startsWith('-')) awaited = awaitedBy(command, word)
    else {
      const next = operands === 0 ? subcommand(command, word) : undefined
      if (next === undefined) operands += 1
      else command = next
    }
  }
  if (awaited !== null) return valuesOf(awaited)
  const inline = /^(--[^=]+)=/.exec(current)?.[1]
  if (inline !== undefined) {
    const option = optionsOf(command).find(({ long }) => long === inline)
    return option === undefined ? NOTHING : valuesOf(option, `${inline}=`)
  }
  if (current.startsWith('-')) return { kind: 'words', words: flagsOf(command) }
  return operandOf(command, operands)
}

function subcommand(command: Command, word: string): Command | undefined {
  return command.commands.find((one) => one.name() === word || one.aliases().includes(word))
}

/** The option whose value the next word is; the last of combined letters may have one. */
function awaitedBy(command: Command, word: string): Option | null {
  if (word.includes('=')) return null
  const option = word.startsWith('--')
    ? optionsOf(command).find(({ long }) => long === word)
    : optionsOf(command).find(({ short }) => short === `-${word.at(-1)}`)
  return option?.required === true ? option : null
}

/** What an option's value or an operand is called in the text of help. */
function placeholder(flags: string): string {
  return /<([^>.]+)/.exec(flags)?.[1] ?? ''
}

function valuesOf(option: Option, prefix = ''): Wanted {
  const { argChoices, flags } = option
  if (argChoices !== undefined) {
    return { kind: 'words', words: argChoices.map((word) => ({ word: prefix + word, about: '' })) }
  }
  const name = placeholder(flags)
  if (FILE_VALUES.includes(name)) return { kind: 'files' }
  const of = NAME_KINDS[name]
  return of === undefined || prefix !== '' ? NOTHING : { kind: 'names', of }
}

/** Above commands that speak to a daemon, the options of their connection may stand as well. */
function optionsBefore(command: Command): readonly Option[] {
  const below = command.commands.flatMap(({ options }) => options)
  return below.some(({ long }) => long === '--url') ? connectionOptionList() : []
}

function optionsOf(command: Command): readonly Option[] {
  return [...command.options, ...optionsBefore(command)]
}

function flagsOf(command: Command): Candidate[] {
  const visible = command.createHelp().visibleOptions(command)
  return [...visible, ...optionsBefore(command)].map(({ long, short, description }) => ({
    word: long ?? short ?? '',
    about: description,
  }))
}

function operandOf(command: Command, at: number): Wanted {
  if (at === 0 && command.commands.length > 0) {
    const words = command
      .createHelp()
      .visibleCommands(command)
      .map((one) => ({ word: one.name(), about: one.summary() || one.description() }))
    return { kind: 'words', words }
  }
  const { registeredArguments } = command
  const last = registeredArguments.at(-1)
  const argument = registeredArguments[at] ?? (last?.variadic === true ? last : undefined)
  if (argument === undefined) return NOTHING
  if (argument.argChoices !== undefined) {
    return { kind: 'words', words: argument.argChoices.map((word) => ({ word, about: '' })) }
  }
  const name = argument.name()
  if (FILE_VALUES.includes(name)) return { kind: 'files' }
  const of = NAME_KINDS[name]
  return of === undefined ? NOTHING : { kind: 'names', of }
}
