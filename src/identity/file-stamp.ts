import { statSync } from 'node:fs'

/** What changes whenever a file does; null when there is none, or it cannot be seen. */
export function fileStamp(path: string): string | null {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    return [dev, ino, size, mtimeNs, ctimeNs].join(' ')
  } catch {
    return null
  }
}
