import { readFile, stat } from 'node:fs/promises'
import type { Tls } from './tls.ts'

const KINDS = ['ca', 'cert', 'key'] as const

/** Certificates and a key as they are now; the version changes with them. */
export interface PemMaterial {
  readonly version: number
  readonly material: { ca?: string; cert?: string; key?: string }
}

/**
 * Reads the files of the options, and again when one of them has changed.
 * @throws Error when one cannot be read.
 */
export function createPemFiles(tls: Omit<Tls, 'servername'>): () => Promise<PemMaterial> {
  let known: { readonly stamps: string; readonly material: PemMaterial } | null = null
  let version = 0
  return async () => {
    const stamps = await Promise.all(KINDS.map((kind) => stampOf(tls[`${kind}File`])))
    const stamp = stamps.join(' ')
    if (known?.stamps === stamp) return known.material
    const texts = await Promise.all(
      KINDS.map(async (kind) => {
        const file = tls[`${kind}File`]
        const text = file === undefined ? tls[kind] : await readFile(file, 'utf8')
        return text === undefined ? [] : [[kind, text] as const]
      }),
    )
    version += 1
    known = { stamps: stamp, material: { version, material: Object.fromEntries(texts.flat()) } }
    return known.material
  }
}

/** What changes with a file, a file put in its place included. */
async function stampOf(file: string | undefined): Promise<string> {
  if (file === undefined) return '-'
  const { ino, mtimeMs, size } = await stat(file)
  return `${ino}:${mtimeMs}:${size}`
}
