import { useRef, useState } from 'preact/hooks'
import { naturalOrder } from '../model/natural-order.ts'
import { type Children, type Drawn, html } from './html.ts'

const ROW_PX = 34
/** Rows drawn above and below what is seen, so that scrolling shows no gaps. */
const ROWS_BEYOND = 8
/** As many as the highest of screens has room for. */
const HEIGHT_ROWS_MAX = 64

/** A column: what stands in a cell, and by what rows are ordered when people ask for it. */
export interface Column<T> {
  readonly name: string
  readonly cell: (row: T) => Children
  /** Text and numbers order as people do; without it the column orders nothing. */
  readonly key?: (row: T) => string | number
  /** Numbers stand at the right, under each other. */
  readonly isNumber?: boolean
}

export interface TableProps<T> {
  readonly label: string
  readonly columns: readonly Column<T>[]
  readonly rows: readonly T[]
  readonly idOf: (row: T) => string
  /** Said when there is no row. */
  readonly empty: Children
  readonly chosen?: string | null
}

interface Sorting {
  readonly name: string
  readonly isDown: boolean
}

/**
 * A table of which only the rows in sight are in the document, as many as there may be. The first
 * column has the row's link; arrow keys go from link to link.
 */
export function Table<T>(props: TableProps<T>): Drawn {
  const { label, columns, rows, idOf, empty, chosen = null } = props
  const [sorting, setSorting] = useState<Sorting | null>(null)
  const [top, setTop] = useState(0)
  const box = useRef<HTMLDivElement>(null)
  const sorted = inOrder(rows, columns, sorting)
  const first = Math.max(0, Math.min(Math.floor(top / ROW_PX), sorted.length) - ROWS_BEYOND)
  const shown = sorted.slice(first, first + HEIGHT_ROWS_MAX + 2 * ROWS_BEYOND)
  const below = sorted.length - first - shown.length

  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    const at = (event.target as HTMLElement).closest('tr')?.dataset['at']
    if (step === undefined || at === undefined || !(event.target instanceof HTMLAnchorElement)) {
      return
    }
    const next = box.current?.querySelector<HTMLElement>(`tr[data-at="${Number(at) + step}"] a`)
    if (next === null || next === undefined) return
    event.preventDefault()
    next.focus()
  }

  if (rows.length === 0) return html`<p class="empty">${empty}</p>` as Drawn
  return html`<div
    class="scroll"
    ref=${box}
    tabindex="0"
    role="region"
    aria-label=${label}
    onScroll=${(event: Event) => setTop((event.currentTarget as HTMLElement).scrollTop)}
    onKeyDown=${onKeyDown}
  >
    <table aria-rowcount=${sorted.length + 1}>
      <caption class="unseen">
        ${label}
      </caption>
      <thead>
        <tr>
          ${columns.map((column) => Heading(column, sorting, setSorting))}
        </tr>
      </thead>
      <tbody>
        ${
          first > 0 &&
          html`<tr aria-hidden="true"><td class="gap" colspan=${columns.length}
          style=${{ height: `${first * ROW_PX}px` }}></td></tr>`
        }
        ${shown.map(
          (row, at) =>
            html`<tr
              key=${idOf(row)}
              data-at=${first + at}
              aria-rowindex=${first + at + 2}
              class=${idOf(row) === chosen ? 'chosen' : ''}
            >
              ${columns.map(({ cell, isNumber }, place) =>
                place === 0
                  ? html`<th scope="row">${cell(row)}</th>`
                  : html`<td class=${isNumber ? 'number' : ''}>${cell(row)}</td>`,
              )}
            </tr>`,
        )}
        ${
          below > 0 &&
          html`<tr aria-hidden="true"><td class="gap" colspan=${columns.length}
          style=${{ height: `${below * ROW_PX}px` }}></td></tr>`
        }
      </tbody>
    </table>
  </div>` as Drawn
}

function Heading<T>(
  { name, key, isNumber }: Column<T>,
  sorting: Sorting | null,
  setSorting: (sorting: Sorting) => void,
): Drawn {
  const isSorted = sorting?.name === name
  const direction = sorting?.isDown ? 'descending' : 'ascending'
  const turn = (): void => setSorting({ name, isDown: isSorted && sorting?.isDown === false })
  return html`<th
    scope="col"
    class=${isNumber ? 'number' : ''}
    aria-sort=${isSorted ? direction : undefined}
  >
    ${
      key === undefined
        ? name
        : html`<button type="button" class="sort" onClick=${turn}>
            ${name}<span
              aria-hidden="true">${isSorted ? (sorting?.isDown ? ' ↓' : ' ↑') : ''}</span>
          </button>`
    }
  </th>` as Drawn
}

function inOrder<T>(
  rows: readonly T[],
  columns: readonly Column<T>[],
  sorting: Sorting | null,
): readonly T[] {
  const key = columns.find(({ name }) => name === sorting?.name)?.key
  if (key === undefined || sorting === null) return rows
  const turned = sorting.isDown ? -1 : 1
  return keyed(rows, key)
    .sort((left, right) => turned * compare(left.key, right.key))
    .map(({ row }) => row)
}

function keyed<T>(rows: readonly T[], key: (row: T) => string | number) {
  return rows.map((row) => ({ row, key: key(row) }))
}

function compare(left: string | number, right: string | number): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right
  return naturalOrder(String(left), String(right))
}
