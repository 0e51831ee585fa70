/** docs/README.md: every page has its place, one place, among the four kinds. */
import { globSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const DOCS = resolve(import.meta.dirname, '../../docs')
const INDEX = readFileSync(join(DOCS, 'README.md'), 'utf8')
/** They have an index of their own, which is listed. */
const DECISIONS = /^adr\/\d{4}-/
const PAGES = globSync(['**/*.md', 'openapi.json'], { cwd: DOCS }).filter(
  (page) => page !== 'README.md' && !DECISIONS.test(page),
)

test('every page is in the index, once, and nothing else is', () => {
  const listed = [...INDEX.matchAll(/^- \[([^\]]+)\]\(([^)]+)\): .+$/gm)]
  expect(listed.filter(([, name, target]) => name !== target)).toEqual([])
  expect(listed.map(([, , target]) => target).sort()).toEqual(PAGES.sort())
})

test('the index has the four kinds, each with whom it is for', () => {
  const kinds = [...INDEX.matchAll(/^## (.+)\n\n(For whoever .+)$/gm)].map(([, kind]) => kind)
  expect(kinds).toEqual(['Tutorial', 'How-to', 'Reference', 'Explanation'])
})

test('a tutorial, a how-to and an explanation are where their kind is', () => {
  const sections = INDEX.split(/^## /m).map((text) => ({
    kind: text.split('\n', 1)[0] ?? '',
    targets: [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = '']) => target),
  }))
  const kindOf = (page: string) => sections.find(({ targets }) => targets.includes(page))?.kind
  const folders = { 'how-to/': 'How-to', 'explanation/': 'Explanation', tutorial: 'Tutorial' }
  for (const [start, kind] of Object.entries(folders)) {
    const pages = PAGES.filter((page) => page.startsWith(start))
    expect(pages.length).toBeGreaterThan(0)
    expect(pages.filter((page) => kindOf(page) !== kind)).toEqual([])
  }
})
