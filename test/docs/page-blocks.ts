import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')

/** Who runs a block of commands: the comment above it says so. */
export type BlockRole = 'install' | 'run' | 'daemon' | 'elsewhere'

/** One block of commands in a page, with the output that is shown for it. */
export interface Block {
  readonly role: BlockRole
  /** The test file that runs it, of role `elsewhere`. */
  readonly test: string | null
  /** Line of its first command. */
  readonly line: number
  readonly commands: string
  /** Null where nothing is promised. */
  readonly output: string | null
}

interface Fence {
  readonly mark: string | null
  readonly language: string
  readonly line: number
  readonly content: string
}

const MARK = /^<!-- (.*) -->$/
const ELSEWHERE = /^elsewhere: (test\/[\w./-]+\.test\.ts)$/
/** Of a whole page: its `run` blocks are that test's. */
const RUN_BY = /^<!-- run by (test\/[\w./-]+\.test\.ts) -->$/m
const ROLES: readonly string[] = ['install', 'run', 'daemon']
/** Names of shells under which a command could hide from the tests. */
const OTHER_SHELLS = ['', 'sh', 'shell', 'console', 'zsh']

/** The blocks of a page that is named by its path in a checkout. */
export function blocksOf(page: string, checkout = ROOT): Block[] {
  return pageBlocks(readFileSync(join(checkout, page), 'utf8'))
}

/**
 * The blocks of a page, in order.
 * @throws Error for commands that do not say who runs them, and for what only looks like a block.
 */
export function pageBlocks(text: string): Block[] {
  const blocks: Block[] = []
  const runBy = RUN_BY.exec(text)?.[1] ?? null
  for (const { mark, language, line, content } of fences(text)) {
    const refuse = (why: string): Error => new Error(`line ${line}: ${why}`)
    if (language === 'bash') {
      const named = ELSEWHERE.exec(mark ?? '')?.[1] ?? null
      if (named === null && !isRole(mark)) throw refuse(`commands that no test runs (mark ${mark})`)
      const test = mark === 'run' ? runBy : named
      const role = test === null && isRole(mark) ? mark : 'elsewhere'
      blocks.push({ role, test, line, commands: content, output: null })
      continue
    }
    const before = blocks.at(-1)
    if (language === 'text' && mark === 'output' && before !== undefined) {
      if (before.output !== null) throw refuse('a second output of the same commands')
      if (before.role === 'run' || before.role === 'elsewhere') {
        blocks[blocks.length - 1] = { ...before, output: content }
        continue
      }
    }
    if (mark !== null) throw refuse(`a mark (${mark}) that does not go with ${language}`)
    if (OTHER_SHELLS.includes(language)) throw refuse(`the language "${language}" is not bash`)
  }
  return blocks
}

/** Every fence of a page. What is indented by four is code as well, and could not be marked. */
function fences(text: string): Fence[] {
  const found: Fence[] = []
  const lines = text.split('\n')
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? ''
    const previous = lines[at - 1] ?? ''
    if (/^ +```/.test(line) || (/^ {4}/.test(line) && previous === '')) {
      throw new Error(`line ${at + 1}: an indented block, which cannot be marked`)
    }
    if (!line.startsWith('```')) continue
    const end = lines.indexOf('```', at + 1)
    if (end < 0) throw new Error(`line ${at + 1}: a block without an end`)
    found.push({
      mark: MARK.exec(previous)?.[1] ?? null,
      language: line.slice('```'.length),
      line: at + 2,
      content: lines
        .slice(at + 1, end)
        .map((each) => `${each}\n`)
        .join(''),
    })
    at = end
  }
  return found
}

function isRole(mark: string | null): mark is BlockRole {
  return mark !== null && ROLES.includes(mark)
}
