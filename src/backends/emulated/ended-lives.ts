import type { WatchedFile } from '../../procfs/process-use.ts'
import { type DataFile, dataFileStats, listEndedFiles } from './data-files.ts'
import type { EmulatedHost } from './host.ts'

/** A data file as the observer knows it; `empty` when it has no bytes. */
export interface WatchedData {
  readonly file: DataFile
  readonly watched: WatchedFile & { readonly kind: 'file' }
  readonly empty: boolean
}

/** The data file to be looked for among the processes, null when it is gone. */
export async function watchedData(file: DataFile): Promise<WatchedData | null> {
  const facts = await dataFileStats(file)
  if (facts === null) return null
  const { path } = file
  const watched = { key: path, kind: 'file', dev: facts.dev, ino: facts.ino, path } as const
  return { file, watched, empty: facts.size === 0 }
}

/**
 * Removes the inodes of ended lives in `looked` that nobody in `heldKeys` holds. Only those that
 * were cut to nothing: one with bytes belongs to a change that may still be undone. Nobody can
 * come to hold an ended inode, so what a look saw unheld stays so.
 */
export async function sweepLooked(
  host: EmulatedHost,
  looked: readonly WatchedData[],
  heldKeys: { has(key: string): boolean },
): Promise<void> {
  for (const { file, watched, empty } of looked) {
    if (file.role !== 'ended' || !empty || heldKeys.has(watched.key)) continue
    // Nothing else has come to this path meanwhile: see `Serials`.
    await host.files.remove(file.path)
  }
}

/**
 * Looks once at the processes, removes every ended inode that nobody holds, and tells the names
 * of which one is left. Does not look where there is none.
 */
export async function sweepEndedLives(host: EmulatedHost): Promise<ReadonlySet<string>> {
  const ended = await listEndedFiles(host.paths)
  if (ended.length === 0) return new Set()
  const looked = (await Promise.all(ended.map(watchedData))).filter((item) => item !== null)
  const { found } = await host.observer.find(looked.map((item) => item.watched))
  await sweepLooked(host, looked, found)
  return new Set((await listEndedFiles(host.paths)).map((file) => file.chardev))
}
