/** What the comment above a block says it is for. */
export type BlockRole = 'install' | 'run' | 'daemon'

/** One block of commands in the README, with the output that is shown for it. */
export interface Block {
  readonly role: BlockRole
  /** Line of its first command. */
  readonly line: number
  readonly commands: string
  /** Null where nothing is promised. */
  readonly output: string | null
}

const FENCE = /^(?:<!-- (\w+) -->\n)?```(\w*)\n([\s\S]*?)^```$/gm

/** The blocks in order. @throws Error for a fence that does not say what it is for. */
export function readmeBlocks(text: string): Block[] {
  const blocks: Block[] = []
  for (const match of text.matchAll(FENCE)) {
    const [, mark, language, content = ''] = match
    const line = text.slice(0, match.index).split('\n').length + 2
    const before = blocks.at(-1)
    if (language === 'bash' && isRole(mark)) {
      blocks.push({ role: mark, line, commands: content, output: null })
    } else if (language === 'text' && mark === 'output' && before?.role === 'run') {
      blocks[blocks.length - 1] = { ...before, output: content }
    } else throw new Error(`the block near line ${line} (${mark}, ${language}) is not understood`)
  }
  return blocks
}

function isRole(mark: string | undefined): mark is BlockRole {
  return mark === 'install' || mark === 'run' || mark === 'daemon'
}
