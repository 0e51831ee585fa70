import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { allPages } from './page-list.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const DOCUMENTS = [
  ...['ARCHITECTURE.md', 'CHANGELOG.md'],
  ...['routes/README.md', 'src/plugins/README.md', 'src/core/DESIGN.md'],
  ...allPages(),
]

/** Paths from the root in code marks, and targets of links from the document's own folder. */
function namedFiles(document: string): string[] {
  const text = readFileSync(join(ROOT, document), 'utf8')
  const marked = [...text.matchAll(/`((?:src|routes|schemas|test|docs)\/[\w./-]+)`/g)]
  const linked = [...text.matchAll(/\]\((?!https?:)([^)#]+)\)/g)]
  return [
    ...marked.map(([, path = '']) => path),
    ...linked.map(([, path = '']) => join(dirname(document), path)),
  ]
}

test.each(DOCUMENTS)('%s names only files that are there', (document) => {
  expect(namedFiles(document).filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
})

test('every decision is in the table of decisions, once', () => {
  const files = readdirSync(join(ROOT, 'docs/adr')).filter((name) => name !== 'README.md')
  const table = readFileSync(join(ROOT, 'docs/adr/README.md'), 'utf8')
  const listed = [...table.matchAll(/\]\(([^)]+)\)/g)].map(([, name]) => name)
  expect(listed).toEqual(files.sort())
})
