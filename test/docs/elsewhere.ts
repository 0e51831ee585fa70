import { relative, resolve } from 'node:path'
import { type Block, blocksOf } from './page-blocks.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** The commands of a page that a test of another folder runs, for want of something here. */
export interface PageCommands {
  readonly page: string
  readonly blocks: readonly Block[]
  /** A command that the page has, word for word. @throws Error when it has it not. */
  take(command: string): string
  /** What has not been taken: nothing, in a test that runs them all. */
  left(): string[]
}

/**
 * What a page shows as run by a test: `elsewhere('docs/slurm.md', import.meta.filename)`. A test
 * runs the blocks as they are, or takes from them command by command what it does in another way.
 */
export function elsewhere(page: string, testFile: string): PageCommands {
  const name = relative(ROOT, testFile)
  const blocks = blocksOf(page).filter(({ test }) => test === name)
  const left = blocks.flatMap(({ commands }) => commandsIn(commands))
  return {
    page,
    blocks,
    take(command) {
      const index = left.indexOf(command)
      if (index < 0) throw new Error(`${page} has not (any more) the command: ${command}`)
      left.splice(index, 1)
      return command
    },
    left: () => [...left],
  }
}

/** One a line; what goes on after a backslash is joined, remarks and blank lines are left out. */
function commandsIn(text: string): string[] {
  const joined = text.replace(/\\\n\s*/g, '')
  const lines = joined.split('\n').map((line) => line.replace(/\s+#.*$/, '').trim())
  return lines.filter((line) => line !== '' && !line.startsWith('#'))
}
