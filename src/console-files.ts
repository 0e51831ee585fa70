import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ConsoleFile } from './plugins/console.ts'

const DIRECTORY = resolve(import.meta.dirname, '../console/dist')
const ETAG_LENGTH = 20

const TYPES: Readonly<Record<string, string>> = {
  'index.html': 'text/html; charset=utf-8',
  'console.js': 'text/javascript; charset=utf-8',
  'console.css': 'text/css; charset=utf-8',
  'icon.svg': 'image/svg+xml',
}

/**
 * The console's files as `npm run console` has made them; they come with the sources. Null where
 * they do not, as in a guest that was given no more than the daemon's own: the API goes without.
 */
export function readConsoleFiles(directory = DIRECTORY): readonly ConsoleFile[] | null {
  try {
    return Object.entries(TYPES).map(([name, type]) => {
      const body = readFileSync(join(directory, name))
      const tag = createHash('sha256').update(body).digest('hex').slice(0, ETAG_LENGTH)
      return { name, type, body, tag }
    })
  } catch {
    return null
  }
}
