import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A directory that goes when the benchmark ends, on the disk that shall be measured. */
export interface BenchDirectory {
  readonly path: string
  /** Writes a description of so many equal dynamic regions; its path. */
  topology(regions: number, size: number): string
  remove(): void
}

/** Makes a fresh directory below `parent`. */
export function createBenchDirectory(parent: string): BenchDirectory {
  const path = mkdtempSync(join(parent, 'daxd-bench-'))
  return {
    path,
    topology(regions, size) {
      const file = join(path, `topology-${regions}-${size}.json`)
      const list = Array.from({ length: regions }, (_, id) => ({ id, kind: 'dynamic', size }))
      writeFileSync(file, JSON.stringify({ regions: list }))
      return file
    },
    remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 3 }),
  }
}
