/** One line of `/proc/<pid>/maps` that shows a file. */
export interface MapsLine {
  /** The address range as the line and `map_files` name it: `start-end` in hex. */
  readonly range: string
  /** Bytes. */
  readonly length: number
  /** Bytes from the file's start. */
  readonly offset: number
  readonly shared: boolean
  readonly major: number
  readonly minor: number
  readonly inode: number
  readonly path: string
  /** The file has no name any more; `path` is its last one. */
  readonly deleted: boolean
}

/**
 * A line with an inode: the others are anonymous memory.
 * Source: proc_pid_maps(5); fs/proc/task_mmu.c `show_map_vma`, device numbers and addresses in hex.
 */
const FILE_LINE =
  /^([0-9a-f]+)-([0-9a-f]+) ...(.) ([0-9a-f]+) ([0-9a-f]+):([0-9a-f]+) ([1-9]\d*) *(.*)$/gm

const DELETED = ' (deleted)'

/** The lines of a maps file that show files; a line that is cut off or foreign is left out. */
export function* parseMaps(text: string): Generator<MapsLine> {
  for (const found of text.matchAll(FILE_LINE)) {
    const [, start = '', end = '', share, offset = '', major = '', minor = '', inode, name = ''] =
      found
    // The kernel writes only a line feed of a name as an escape.
    const shown = name.replaceAll('\\012', '\n')
    const deleted = shown.endsWith(DELETED)
    yield {
      range: `${start}-${end}`,
      // A user address has at most 57 bits; the difference of two is exact, the two need bigint.
      length: Number(BigInt(`0x${end}`) - BigInt(`0x${start}`)),
      offset: Number.parseInt(offset, 16),
      shared: share === 's',
      major: Number.parseInt(major, 16),
      minor: Number.parseInt(minor, 16),
      inode: Number(inode),
      path: deleted ? shown.slice(0, -DELETED.length) : shown,
      deleted,
    }
  }
}
