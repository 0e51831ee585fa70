import { open } from 'node:fs/promises'

/** Most of a file that the kernel makes up is smaller; a read never asks for more at once. */
const CHUNK_BYTES = 64 * 1024

/** The text of a procfs file; `whole` is false where it was longer than the limit. */
export interface ProcText {
  readonly text: string
  readonly whole: boolean
}

/** Reads a file whose size stat(2) does not tell. Rejects with node's own errors. */
export async function readProcText(path: string, limitBytes: number): Promise<ProcText> {
  const file = await open(path, 'r')
  try {
    const chunks: Buffer[] = []
    let totalBytes = 0
    while (totalBytes <= limitBytes) {
      const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES))
      if (bytesRead === 0) return { text: Buffer.concat(chunks).toString('utf8'), whole: true }
      chunks.push(buffer.subarray(0, bytesRead))
      totalBytes += bytesRead
    }
    const kept = Buffer.concat(chunks).subarray(0, limitBytes)
    return { text: kept.toString('utf8'), whole: false }
  } finally {
    await file.close()
  }
}

/** What a failed look at a process means: it has ended, or it does not show itself. */
export type Absence = 'gone' | 'hidden'

/** ENOENT and ESRCH tell of a process, descriptor or mapping that has ended meanwhile. */
export function absenceOf(error: unknown): Absence {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  return code === 'ENOENT' || code === 'ESRCH' ? 'gone' : 'hidden'
}
