/**
 * What one process has open or mapped. Descriptors are looked at before mappings: a process maps
 * what it has open, so a descriptor that was closed before it could be seen has left its mapping.
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type MapsLine, parseMaps } from './maps.ts'
import type { Pace } from './pace.ts'
import { absenceOf, readProcText } from './proc-file.ts'
import type { FileNature, WatchIndex } from './watch-index.ts'

/** The longest maps file that is read whole: some 150,000 mappings. */
export const MAPS_LIMIT_BYTES = 16 * 1024 * 1024

/** What a descriptor may lead to that is surely no file somebody could map as a device. */
const FOREIGN_LINK = /^(?:[^/]|\/dev\/(?:null|pts\/\d+)$)/

export interface Use {
  readonly fds: number[]
  readonly mapped: { readonly offset: number; readonly length: number }[]
  readonly inodes: Set<number>
}

/** Uses by identity of the watched file; `hidden` when something could not be looked at. */
export interface ScannedProcess {
  readonly uses: Map<string, Use>
  hidden: boolean
}

export interface ScanContext {
  readonly index: WatchIndex
  readonly pace: Pace
  readonly mapsLimitBytes: number
}

/** Looks at one process through its folder in procfs. Never rejects. */
export async function scanProcess(folder: string, context: ScanContext): Promise<ScannedProcess> {
  const found: ScannedProcess = { uses: new Map(), hidden: false }
  const empty = await scanTask(folder, context, found)
  if (!empty) return found
  // A kernel thread has neither, but nor has a main thread that ended before the others.
  for (const task of otherTasks(folder)) {
    if (!(await scanTask(task, context, found))) break
  }
  return found
}

/** True when the task has neither descriptors nor mappings. */
async function scanTask(
  folder: string,
  context: ScanContext,
  found: ScannedProcess,
): Promise<boolean> {
  try {
    const fds = readdirSync(`${folder}/fd`)
    for (const fd of fds) await scanDescriptor(folder, fd, context, found)
    await context.pace.breathe()
    const maps = await readProcText(`${folder}/maps`, context.mapsLimitBytes)
    if (!maps.whole) found.hidden = true
    await scanMaps(folder, maps.text, context, found)
    return fds.length === 0 && maps.text === ''
  } catch (error) {
    if (absenceOf(error) === 'hidden' && !isKernelThread(folder)) found.hidden = true
    return false
  }
}

/**
 * Reading a link is synchronous: procfs makes it up at once, and the detour through the thread
 * pool costs more than all else. stat(2) is not: a dead network file system may hold it for ever.
 */
async function scanDescriptor(
  folder: string,
  fd: string,
  context: ScanContext,
  found: ScannedProcess,
): Promise<void> {
  const path = `${folder}/fd/${fd}`
  await context.pace.breathe()
  if (isForeign(path)) return
  try {
    const nature = await stat(path)
    const identity = context.index.ofStat(nature)
    if (identity === null) return
    const use = useOf(found, identity)
    use.fds.push(Number(fd))
    use.inodes.add(nature.ino)
  } catch (error) {
    if (absenceOf(error) === 'hidden') found.hidden = true
  }
}

/** Throws when the process shows none of its links: asking for the others is no use then. */
function isForeign(path: string): boolean {
  try {
    return FOREIGN_LINK.test(readlinkSync(path))
  } catch (error) {
    if (absenceOf(error) === 'hidden') throw error
    return true
  }
}

async function scanMaps(
  folder: string,
  text: string,
  context: ScanContext,
  found: ScannedProcess,
): Promise<void> {
  // Several lines of one file need one look only.
  const known = new Map<string, string | null>()
  for (const line of parseMaps(text)) {
    await context.pace.breathe()
    let identity = context.index.ofNumbers(line)
    if (identity === null && context.index.isSuspect(line)) {
      const file = `${line.major}:${line.minor} ${line.inode} ${line.path}`
      const before = known.get(file)
      identity = before === undefined ? await identify(folder, line, context, found) : before
      known.set(file, identity)
    }
    if (identity === null) continue
    const use = useOf(found, identity)
    use.mapped.push({ offset: line.offset, length: line.length })
    use.inodes.add(line.inode)
  }
}

/**
 * Asks for the mapped file itself, which needs CAP_CHECKPOINT_RESTORE; without it the path has to
 * do, and where that says nothing either the mapping stays unknown.
 */
async function identify(
  folder: string,
  line: MapsLine,
  context: ScanContext,
  found: ScannedProcess,
): Promise<string | null> {
  try {
    const nature: FileNature = await stat(`${folder}/map_files/${line.range}`)
    return context.index.ofStat(nature)
  } catch (error) {
    const identity = context.index.ofPath(line)
    if (identity === null && absenceOf(error) === 'hidden') found.hidden = true
    return identity
  }
}

/** The folders of its other threads, which procfs has beside it, too, without listing them. */
function otherTasks(folder: string): string[] {
  try {
    const folders = readdirSync(`${folder}/task`).map((task) => `${dirname(folder)}/${task}`)
    return folders.filter((task) => task !== folder)
  } catch {
    // A process that has ended has no tasks either.
    return []
  }
}

/**
 * Other users' kernel threads hide themselves as processes do, but can have no files.
 * Source: proc_pid_stat(5), field 9; include/linux/sched.h `PF_KTHREAD`.
 */
function isKernelThread(folder: string): boolean {
  try {
    const stat = readFileSync(`${folder}/stat`, 'latin1')
    // The second field is the name in parentheses and may hold anything.
    const flags = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[6])
    return Math.floor(flags / 0x200000) % 2 === 1
  } catch {
    return false
  }
}

function useOf(found: ScannedProcess, identity: string): Use {
  const use = found.uses.get(identity) ?? { fds: [], mapped: [], inodes: new Set() }
  found.uses.set(identity, use)
  return use
}
