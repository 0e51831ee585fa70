/** The parts of docs/cli.md that are made from the command line's own description of itself. */
import type { Command, Option } from 'commander'
import { EXIT } from '../src/cli/exit-codes.ts'

/** Commands on the host itself; they are described by their own pages. */
const ELSEWHERE: readonly string[] = [
  ...['serve', 'doctor', 'token', 'ledger', 'audit', 'dra', 'device-plugin', 'help'],
]
/** Every command that speaks to a daemon has these; they are told once. */
const CONNECTION_GROUP = 'Connection:'

const MARKED = /(<!-- made: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g

/**
 * The page with its made parts made anew.
 * @throws Error for a mark that nothing is made for.
 */
export function withMadeParts(page: string, program: Command): string {
  const parts: Readonly<Record<string, () => string>> = {
    exits: exitTable,
    connection: () => connectionTable(program),
    commands: () => sectionsOf(program),
  }
  return page.replace(MARKED, (_whole, open: string, name: string, close: string) => {
    const make = parts[name]
    if (make === undefined) throw new Error(`nothing is made for the mark ${name}`)
    return `${open}\n${make()}\n${close}`
  })
}

function exitTable(): string {
  const rows = Object.values(EXIT).map(({ code, meaning }) => `| ${code} | ${meaning} |`)
  return ['| exit code | what it says |', '|---|---|', ...rows, ''].join('\n')
}

function connectionTable(program: Command): string {
  const list = program.commands.find((command) => command.name() === 'list')
  return optionTable((list?.options ?? []).filter(isConnection))
}

function isConnection({ helpGroupHeading }: Option): boolean {
  return helpGroupHeading === CONNECTION_GROUP
}

function sectionsOf(program: Command): string {
  const groups = new Map<string, Command[]>()
  for (const command of program.commands) {
    if (ELSEWHERE.includes(command.name()) || command.name() === 'complete') continue
    const heading = command.helpGroup().replace(/:$/, '')
    groups.set(heading, [...(groups.get(heading) ?? []), command])
  }
  return [...groups]
    .map(([heading, commands]) => [`## ${heading}`, ...commands.flatMap(sections)].join('\n\n'))
    .join('\n\n')
    .concat('\n')
}

/** A command and, in its place, those below it. */
function sections(command: Command): string[] {
  if (command.commands.length > 0) return command.commands.flatMap(sections)
  const options = command.options.filter((option) => !isConnection(option) && !option.hidden)
  const help = helpAfter(command)
  return [
    `### ${pathOf(command)}`,
    `\`${pathOf(command)} ${command.usage()}\`: ${command.description()}.`,
    ...(options.length === 0 ? [] : [optionTable(options).trimEnd()]),
    ...(help === '' ? [] : [`\`\`\`text\n${help}\n\`\`\``]),
  ]
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`
}

/** What --help says after the options: examples and notes. */
function helpAfter(command: Command): string {
  const lines: string[] = []
  const write = (text: string): void => void lines.push(text)
  command.configureOutput({ writeOut: write, writeErr: write })
  command.outputHelp()
  const text = lines.join('')
  return text.slice(text.indexOf('\nExamples:') + 1 || text.length).trim()
}

function optionTable(options: readonly Option[]): string {
  const rows = options.map((option) => {
    const { flags, description, argChoices } = option
    const among = argChoices === undefined ? '' : ` (${argChoices.join(', ')})`
    return `| \`${flags}\` | ${(description + among).replaceAll('|', '\\|')} |`
  })
  return ['| option | what it says |', '|---|---|', ...rows, ''].join('\n')
}
