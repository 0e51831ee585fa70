import { decodeDeviceNumber } from './device-number.ts'
import type { MapsLine } from './maps.ts'
import type { WatchedFile } from './process-use.ts'

/** What stat(2) tells of an open file; the part of node's `Stats` that is needed. */
export interface FileNature {
  readonly dev: number
  readonly ino: number
  readonly rdev: number
  isFile(): boolean
  isCharacterDevice(): boolean
}

/** Tells which watched file something is. Identities are ours; callers' keys may collide. */
export interface WatchIndex {
  /** The identity of the watched file that stat(2) described, null for any other file. */
  ofStat(nature: FileNature): string | null
  /** The identity of the file that a maps line shows by its numbers alone. */
  ofNumbers(line: MapsLine): string | null
  /** The identity that the line's path suggests. */
  ofPath(line: MapsLine): string | null
  /** True when the line may show a watched file although its numbers do not say so. */
  isSuspect(line: MapsLine): boolean
}

/** The same for equal files, whatever their keys. */
export function identityOf(file: WatchedFile): string {
  return file.kind === 'file'
    ? `file ${file.dev} ${file.ino}`
    : `chardev ${file.major}:${file.minor}`
}

/** Sorts watched files by what procfs shows of them: numbers, paths and inodes. */
export function createWatchIndex(files: readonly WatchedFile[]): WatchIndex {
  const identities = new Set<string>()
  const byNumbers = new Map<string, string>()
  const byPath = new Map<string, Map<string, number | null>>()
  const inodes = new Set<number>()
  let anyChardev = false
  for (const file of files) {
    const identity = identityOf(file)
    identities.add(identity)
    if (file.path !== undefined) {
      const bearers = byPath.get(file.path) ?? new Map<string, number | null>()
      byPath.set(file.path, bearers.set(identity, file.kind === 'file' ? file.ino : null))
    }
    if (file.kind === 'chardev') {
      anyChardev = true
      continue
    }
    inodes.add(file.ino)
    const { major, minor } = decodeDeviceNumber(file.dev)
    byNumbers.set(`${major}:${minor} ${file.ino}`, identity)
  }
  return {
    ofStat(nature) {
      const identity = identityOfStat(nature)
      return identity !== null && identities.has(identity) ? identity : null
    },
    ofNumbers: ({ major, minor, inode }) => byNumbers.get(`${major}:${minor} ${inode}`) ?? null,
    ofPath(line) {
      for (const [identity, ino] of byPath.get(line.path) ?? []) {
        // A name without its file says nothing about who bears it now; the inode must agree.
        if (line.deleted ? ino === line.inode : ino === null || ino === line.inode) return identity
      }
      return null
    },
    isSuspect: (line) =>
      byPath.has(line.path) || inodes.has(line.inode) || (anyChardev && mayBeDevice(line)),
  }
}

function identityOfStat(nature: FileNature): string | null {
  const { dev, ino, rdev } = nature
  if (nature.isFile()) return identityOf({ key: '', kind: 'file', dev, ino })
  if (!nature.isCharacterDevice()) return null
  return identityOf({ key: '', kind: 'chardev', ...decodeDeviceNumber(rdev) })
}

/** A dax device can only be mapped shared; a node of it may have any name. */
function mayBeDevice({ shared, path }: MapsLine): boolean {
  return shared && path.startsWith('/') && !/^\/(?:memfd:|SYSV|dev\/(?:shm\/|zero$))/.test(path)
}
