import { type Command, InvalidArgumentError } from 'commander'
import type { HandleView, MappingView } from '../../../schemas/index.ts'
import { PROTS, type Prot } from '../../core/vocabulary.ts'
import { clientCommand, connectionOptions, labelArgument, sizeArgument } from '../client-command.ts'
import { eachTarget } from '../each-target.ts'
import { holderDefault } from '../holder-default.ts'
import { chardevOf } from '../listing/list-selection.ts'
import { shortSize } from '../output/human-size.ts'
import type { Column } from '../output/table.ts'
import { type SessionDeps, type SessionFlags, sessionAction } from '../session.ts'

const GROUP = 'Who has what:'

interface OpenFlags extends SessionFlags {
  readonly holder?: string
  readonly ro?: boolean
  readonly lease?: string
  readonly label?: Readonly<Record<string, string>>
}

interface MapFlags extends SessionFlags {
  readonly length: number
  readonly offset?: number
  readonly align?: number
  readonly prot?: Prot[]
  readonly flags?: string[]
  readonly dontfork?: boolean
  readonly shared?: boolean
  readonly label?: Readonly<Record<string, string>>
}

/** Columns of handles. */
export const HANDLE_COLUMNS: readonly Column<HandleView>[] = [
  { head: 'HANDLE', cell: ({ id }) => id },
  { head: 'DEVICE', cell: ({ chardev }) => chardev },
  { head: 'GEN', cell: ({ generation }) => generation, right: true },
  { head: 'HOLDER', cell: ({ holder }) => holder },
  { head: 'ACCESS', cell: ({ access }) => access },
  { head: 'LEASE', cell: ({ lease }) => lease },
  { head: 'PATH', cell: ({ path }) => path },
]

/** Columns of mappings. */
export const MAPPING_COLUMNS: readonly Column<MappingView>[] = [
  { head: 'MAPPING', cell: ({ id }) => id },
  { head: 'DEVICE', cell: ({ chardev }) => chardev },
  { head: 'GEN', cell: ({ generation }) => generation, right: true },
  { head: 'HOLDER', cell: ({ holder }) => holder },
  { head: 'OFFSET', cell: ({ offset }) => `0x${offset.toString(16)}`, right: true },
  { head: 'LENGTH', cell: ({ length }) => shortSize(length), right: true },
  { head: 'PROT', cell: ({ mmap }) => mmap.prot.join('|') },
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'PATH', cell: ({ mmap }) => mmap.path },
]

/** Adds open, close, map and unmap. */
export function addHandles(program: Command, deps: SessionDeps): void {
  addOpen(program, deps)
  addMap(program, deps)
  addEnds(program, deps)
}

function addOpen(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'open',
    summary: 'open a device: a handle, which holds it',
    group: GROUP,
    examples: ['open dax0.1', 'open --holder job-7 --ro dax0.1'],
  })
    .argument('<device>', 'as dax0.1 or 0.1')
    .option('--holder <name>', 'who holds it (default: USER@HOST)')
    .option('--ro', 'for reading only')
    .option('--lease <id>', 'ends with this lease')
    .option('--label <key=value>', 'may be repeated', labelArgument)
  connectionOptions(command).action(
    sessionAction<OpenFlags>(deps, async (session, flags, [device = '']) => {
      const { holder = holderDefault(), ro, lease, label } = flags
      const body = {
        holder,
        ...(ro === true ? { access: 'ro' as const } : {}),
        ...(lease === undefined ? {} : { lease }),
        ...(label === undefined ? {} : { labels: label }),
      }
      const { daxd, signal } = session
      const handle = await daxd.handles.create(chardevOf(device), body, { signal })
      session.show([handle], HANDLE_COLUMNS, handle)
      return 'done'
    }),
  )
}

function addMap(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'map',
    summary: 'get a part of an open device to mmap',
    group: GROUP,
    examples: ['map -l 64m HANDLE', 'map -l 2m --offset 4m --prot r HANDLE'],
  })
    .argument('<handle>', 'what "daxd open" answered')
    .requiredOption('-l, --length <size>', 'how much', sizeArgument)
    .option('--offset <size>', 'where in the device (default: the daemon chooses)', sizeArgument)
    .option('-a, --align <align>', "a coarser align than the device's", sizeArgument)
    .option('--prot <prot>', 'as r, rw, rwx, or PROT_READ,PROT_WRITE (default: rw)', protArgument)
    .option(
      '--flags <flags>',
      'of mmap(2), set apart by commas (default: MAP_SHARED)',
      listArgument,
    )
    .option('--dontfork', 'the mapping will not be inherited (MADV_DONTFORK)')
    .option('--shared', 'others may map the same place')
    .option('--label <key=value>', 'may be repeated', labelArgument)
  connectionOptions(command).action(
    sessionAction<MapFlags>(deps, async (session, options, [handle = '']) => {
      const { length, offset, align, prot, flags, dontfork, shared, label } = options
      const body = {
        handle,
        length,
        ...(offset === undefined ? {} : { offset }),
        ...(align === undefined ? {} : { align }),
        ...(prot === undefined ? {} : { prot }),
        ...(flags === undefined ? {} : { flags }),
        ...(dontfork === undefined ? {} : { dontfork }),
        ...(shared === true ? { exclusive: false } : {}),
        ...(label === undefined ? {} : { labels: label }),
      }
      const mapping = await session.daxd.mappings.create(body, { signal: session.signal })
      session.show([mapping], MAPPING_COLUMNS, mapping)
      return 'done'
    }),
  )
}

const PROT_LETTERS: Readonly<Record<string, Prot>> = {
  r: 'PROT_READ',
  w: 'PROT_WRITE',
  x: 'PROT_EXEC',
}

/** Protections by their letters or by the kernel's names. */
function protArgument(text: string): Prot[] {
  const named = /^[rwx]+$/.test(text)
    ? [...text].map((letter) => PROT_LETTERS[letter])
    : listArgument(text).map((name) => PROTS.find((prot) => prot === name))
  return named.map((prot) => {
    if (prot === undefined) throw new InvalidArgumentError(`It is of ${PROTS.join(', ')}.`)
    return prot
  })
}

function listArgument(text: string): string[] {
  return text.split(',')
}

function addEnds(program: Command, deps: SessionDeps): void {
  const ends = [
    { name: 'close', done: 'closed', noun: 'handle', kind: 'handles' },
    { name: 'unmap', done: 'unmapped', noun: 'mapping', kind: 'mappings' },
  ] as const
  for (const { name, done, noun, kind } of ends) {
    const command = clientCommand(program, {
      name,
      summary: name === 'close' ? 'close handles; their mappings go on' : 'give mappings back',
      group: GROUP,
      examples: [`${name} ${noun.toUpperCase()}`],
    }).argument(`<${noun}...>`, 'by id')
    connectionOptions(command).action(
      sessionAction<SessionFlags>(deps, (session, _flags, ids) => {
        const targets = ids.map((id) => ({ name: id, found: id }))
        return eachTarget(session, { done, noun }, targets, async (id) => {
          await session.daxd[kind].delete(id, { signal: session.signal })
          return 'done'
        })
      }),
    )
  }
}
