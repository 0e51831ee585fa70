import { existsSync, mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'

const DIRECTORY_MODE = 0o755

/**
 * Makes a directory and what is missing above it. Node's own recursive form never returns where an
 * existing directory answers ENOENT to mkdir, as /proc does.
 */
export function makeDirectory(directory: string): void {
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() === true) return
  const parent = dirname(directory)
  if (!existsSync(parent)) makeDirectory(parent)
  mkdirSync(directory, { mode: DIRECTORY_MODE })
}
