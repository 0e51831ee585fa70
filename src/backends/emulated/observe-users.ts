import type { Observation, ObservedUser } from '../../ports/backend.ts'
import { asUser } from '../../procfs/process-use.ts'
import { listDataFiles } from './data-files.ts'
import { sweepLooked, type WatchedData, watchedData } from './ended-lives.ts'
import type { EmulatedHost } from './host.ts'

/** How often the files of a name are listed until its live one is seen. */
const LISTINGS_MAX = 4

/**
 * Who has these names open or mapped, by one look at the processes that begins after the call:
 * their live inodes, and (`stale`) those of ended lives. A process that holds both is told twice.
 * Ended inodes seen unheld are removed. Names without users have an empty list.
 */
export async function observeUsers(
  host: EmulatedHost,
  chardevs: readonly string[],
): Promise<Observation> {
  const looked = await watchedOf(host, new Set(chardevs))
  const { found, complete } = await host.observer.find(looked.map((item) => item.watched))
  const users = new Map<string, ObservedUser[]>(chardevs.map((chardev) => [chardev, []]))
  for (const { file, watched } of looked) {
    const stale = file.role === 'ended'
    for (const use of found.get(watched.key) ?? [])
      users.get(file.chardev)?.push(asUser(use, stale))
  }
  await sweepLooked(host, looked, found)
  return { users, complete }
}

/**
 * The inodes of these names. An enable or unfence may move a live file between two directory
 * reads, so they are read again while a name with a record shows none.
 */
async function watchedOf(
  host: EmulatedHost,
  chardevs: ReadonlySet<string>,
): Promise<readonly WatchedData[]> {
  const existing: string[] = []
  for (const chardev of chardevs) {
    if ((await host.records.device(chardev)) !== null) existing.push(chardev)
  }
  for (let listing = 1; ; listing += 1) {
    const looked = await watchedNow(host, chardevs)
    const seen = new Set(looked.filter(isLive).map((item) => item.file.chardev))
    if (listing === LISTINGS_MAX || existing.every((chardev) => seen.has(chardev))) return looked
  }
}

async function watchedNow(
  host: EmulatedHost,
  chardevs: ReadonlySet<string>,
): Promise<WatchedData[]> {
  const byInode = new Map<string, WatchedData>()
  const files = (await listDataFiles(host.paths, chardevs)).filter(isObserved)
  for (const item of await Promise.all(files.map(watchedData))) {
    // The last place wins for an inode seen in two: that is where it went.
    if (item !== null) byInode.set(`${item.watched.dev}:${item.watched.ino}`, item)
  }
  return [...byInode.values()]
}

function isObserved(file: WatchedData['file']): boolean {
  return file.role !== 'prepared'
}

function isLive(item: WatchedData): boolean {
  return item.file.role === 'live'
}
