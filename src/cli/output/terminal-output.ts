import { createPainter, type Painter } from '../../doctor/terminal.ts'

/** A stream that text goes to: the part of process.stdout and process.stderr that is used. */
export interface TextStream {
  readonly isTTY?: boolean
  readonly columns?: number
  write(text: string): unknown
}

/** What a command is run in; injected, so that tests need no process of their own. */
export interface Surroundings {
  readonly stdout: TextStream
  readonly stderr: TextStream
  readonly env: Readonly<Record<string, string | undefined>>
}

const COLUMNS_DEFAULT = 80

/** How the terminal at stdout is drawn on. */
export interface TerminalLook {
  readonly columns: number
  readonly unicode: boolean
  readonly paint: Painter
}

/** The terminal's width, its letters and its colours, as the environment tells them. */
export function terminalLook({ stdout, env }: Surroundings): TerminalLook {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''
  const { columns = Number(env['COLUMNS']) || COLUMNS_DEFAULT } = stdout
  // https://no-color.org
  const color = stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  return { columns, unicode: /utf-?8/i.test(locale), paint: createPainter(color) }
}
