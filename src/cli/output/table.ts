import { printable } from '../../doctor/terminal.ts'

const COLUMN_GAP = '  '

/** A column: its heading, what it shows of a row, and whether numbers line up at their right. */
export interface Column<Row> {
  readonly head: string
  readonly cell: (row: Row) => string | number | null
  readonly right?: boolean
}

/** Rows under headings, columns as wide as their widest cell; nothing for no rows. */
export function renderTable<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  if (rows.length === 0) return ''
  const body = rows.map((row) => columns.map(({ cell }) => textOf(cell(row))))
  const all = [columns.map(({ head }) => head), ...body]
  const widths = columns.map((_, at) => Math.max(...all.map((cells) => width(cells[at] ?? ''))))
  const line = (cells: readonly string[]): string =>
    columns
      .map(({ right = false }, at) => pad(cells[at] ?? '', widths[at] ?? 0, right))
      .join(COLUMN_GAP)
      .trimEnd()
  return all.map((cells) => `${line(cells)}\n`).join('')
}

/** What daxd was told by others may hold anything; a terminal must not obey it. */
function textOf(value: string | number | null): string {
  return value === null || value === '' ? '-' : printable(String(value))
}

function pad(text: string, columns: number, right: boolean): string {
  const space = ' '.repeat(Math.max(0, columns - width(text)))
  return right ? space + text : text + space
}

function width(text: string): number {
  return [...text].length
}
