import { globSync } from 'node:fs'
import { resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')
const PATTERNS = ['README.md', 'CONTRIBUTING.md', 'docs/**/*.md', '{client,deploy}/**/README.md']

/** Every page that people read, from the root of the checkout. */
export function allPages(): string[] {
  const exclude = (name: string): boolean => /(?:^|\/)(?:node_modules|dist)$/.test(name)
  return globSync(PATTERNS, { cwd: ROOT, exclude }).sort()
}
