export type Cells = readonly string[]

/** Rows in columns of equal width for a terminal: the first to the left, the others to the right. */
export function columns(rows: readonly Cells[]): string[] {
  const widths = widthsOf(rows)
  return rows.map((cells) =>
    cells
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
      .join('  '),
  )
}

/** A Markdown table; the first row is its head. */
export function table([head = [], ...rows]: readonly Cells[]): string[] {
  const line = (cells: Cells) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)]
}

function widthsOf(rows: readonly Cells[]): number[] {
  const [head = []] = rows
  return head.map((_, at) => Math.max(...rows.map((cells) => cells[at]?.length ?? 0)))
}
