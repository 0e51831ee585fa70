import { readFile } from 'node:fs/promises'

/**
 * The token that a file says at the moment. One that is empty for the blink in which it is written
 * anew counts as unchanged.
 * @throws Error when there is none to be had.
 */
export function tokenFromFile(file: string): () => Promise<string> {
  let known: string | null = null
  return async () => {
    const text = (await readFile(file, 'utf8')).trim()
    if (text !== '') known = text
    if (known === null) throw new Error(`The token file ${file} is empty.`)
    return known
  }
}
