import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseDuration } from '../core/duration-text.ts'
import { DaxError } from '../core/errors.ts'
import { parseSize } from '../core/size-text.ts'
import { IF_BUSYS } from '../core/vocabulary.ts'

const CONNECTION_GROUP = 'Connection:'

/** What a command that speaks to a daemon is, before its own options. */
export interface CommandText {
  readonly name: string
  readonly summary: string
  readonly group: string
  /** Lines that can be typed; shown by --help. */
  readonly examples: readonly string[]
  /** What else --help says. */
  readonly notes?: string
}

/** Adds a command, with its examples; {@link connectionOptions} close its options. */
export function clientCommand(parent: Command, text: CommandText): Command {
  const { name, summary, group, examples, notes } = text
  const shown = examples.map((line) => `  $ daxd ${line}`).join('\n')
  const after = notes === undefined ? '' : `\n${notes}\n`
  return parent
    .command(name)
    .summary(summary)
    .description(summary)
    .helpGroup(group)
    .addHelpText('after', `\nExamples:\n${shown}\n${after}`)
}

/** Where the daemon is, and how its answers are shown. */
export function connectionOptionList(): Option[] {
  const options = [
    new Option('--json', 'JSON, refusals too, whoever looks'),
    new Option('--url <url>', 'where daxd is: http(s)://HOST:PORT or unix:PATH (DAXD_URL)'),
    new Option('--socket <path>', 'the unix socket where it is (DAXD_SOCKET)'),
    new Option('--token-file <file>', 'the bearer token to show (DAXD_TOKEN_FILE)'),
    new Option('--ca <file>', "the authority of the daemon's certificate, PEM (DAXD_CA)"),
    new Option('--cert <file>', 'the certificate to show, PEM (DAXD_CERT)'),
    new Option('--key <file>', "the certificate's private key, PEM (DAXD_KEY)"),
  ]
  return options.map((option) => option.helpGroup(CONNECTION_GROUP))
}

/** Adds {@link connectionOptionList}; the last of every command's options. */
export function connectionOptions(command: Command): Command {
  for (const option of connectionOptionList()) command.addOption(option)
  return command
}

/** Reads a size as the contract does. @throws InvalidArgumentError that says what would do. */
export function sizeArgument(text: string): number {
  try {
    return parseSize(text)
  } catch (error) {
    if (!(error instanceof DaxError)) throw error
    throw new InvalidArgumentError(`${error.message}${likely(text)}`)
  }
}

/** A size, or `max` for all that can be had. */
export function sizeOrMax(text: string): number | 'max' {
  return text === 'max' ? 'max' : sizeArgument(text)
}

const FRACTION = /^(\d+)\.(\d{1,6})([kmgtp])(?:i?b)?$/i
const DECIMAL_UNIT = /^(\d+)([kmgtp])b$/i
const LETTERS = 'kmgtp'

/** What was probably meant by a size that is none: 1.5G is 1536M, and 4GB may be 4GiB. */
function likely(text: string): string {
  const decimal = DECIMAL_UNIT.exec(text)
  if (decimal !== null) return ` Units are binary: ${decimal[1]}${decimal[2]?.toUpperCase()}iB?`
  const [, whole = '', part = '', letter = ''] = FRACTION.exec(text) ?? []
  const below = LETTERS[LETTERS.indexOf(letter.toLowerCase()) - 1]
  if (letter === '' || below === undefined) return ''
  const value = Number(`${whole}.${part}`) * 1024
  return Number.isInteger(value) ? ` ${value}${below.toUpperCase()}iB?` : ''
}

/** Reads a duration as `30s`, `5m`, `12h`, `90d`, in milliseconds. */
export function durationArgument(text: string): number {
  const ms = parseDuration(text)
  if (ms === null) throw new InvalidArgumentError('A duration is as 30s, 5m, 12h or 90d.')
  return ms
}

/** Reads `KEY=VALUE` into the labels before it. */
export function labelArgument(
  text: string,
  before: Readonly<Record<string, string>> | undefined,
): Record<string, string> {
  const at = text.indexOf('=')
  if (at <= 0) throw new InvalidArgumentError('A label is KEY=VALUE.')
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) }
}

/** Reads a whole number that is not negative. */
export function numberArgument(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('A whole number is wanted.')
  return Number(text)
}

/** Reads a region as `0` or `region0`. */
export function regionArgument(text: string): number {
  const [, id] = /^(?:region)?(\d{1,9})$/.exec(text) ?? []
  if (id === undefined) throw new InvalidArgumentError('A region is as 0 or region0.')
  return Number(id)
}

/** What to do with those who use it. */
export function ifBusyOptions(command: Command, hows: readonly string[] = IF_BUSYS): Command {
  command.addOption(
    new Option(
      '--if-busy <how>',
      'while somebody uses it: refuse (default), drain: wait for them, or revoke: take it away',
    ).choices([...hows]),
  )
  return hows.includes('drain')
    ? command.option('--timeout <duration>', 'how long a drain may last', durationArgument)
    : command
}

/** What `--if-busy` and `--timeout` say, by the contract's names. */
export function ifBusyOf(options: {
  readonly ifBusy?: 'refuse' | 'drain' | 'revoke'
  readonly timeout?: number
}): { if_busy?: 'refuse' | 'drain' | 'revoke'; timeout_ms?: number } {
  const { ifBusy, timeout } = options
  return {
    ...(ifBusy === undefined ? {} : { if_busy: ifBusy }),
    ...(timeout === undefined ? {} : { timeout_ms: timeout }),
  }
}
