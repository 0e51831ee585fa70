import { parseContainerIdentity } from './container-id.ts'
import { readProcText } from './proc-file.ts'
import type { Use } from './process-scan.ts'
import type { ProcessUse } from './process-use.ts'

/** More than the kernel's 15 bytes, and more than the deepest cgroup of every hierarchy. */
const COMM_LIMIT_BYTES = 64
const CGROUP_LIMIT_BYTES = 64 * 1024

/** Who a process is, without what it uses. */
export type ProcessIdentity = Omit<ProcessUse, 'fds' | 'mapped' | 'inodes'>

/** Names a process; null when it has ended. What cannot be read for another reason is null. */
export async function identifyProcess(
  folder: string,
  pid: number,
): Promise<ProcessIdentity | null> {
  const comm = await textOf(`${folder}/comm`, COMM_LIMIT_BYTES)
  if (comm === null) return null
  const cgroups = await textOf(`${folder}/cgroup`, CGROUP_LIMIT_BYTES)
  return { pid, comm: comm.replace(/\n$/, ''), ...parseContainerIdentity(cgroups ?? '') }
}

/** One process's use of one file, in order and with what lies side by side joined. */
export function describeUse(identity: ProcessIdentity, use: Use): ProcessUse {
  const [fds, inodes] = [ascending(use.fds), ascending([...use.inodes])]
  return { ...identity, fds, inodes, mapped: joined(use.mapped) }
}

function ascending(numbers: readonly number[]): number[] {
  return numbers.toSorted((left, right) => left - right)
}

type Part = ProcessUse['mapped'][number]

function joined(parts: readonly Part[]): Part[] {
  const result: { offset: number; length: number }[] = []
  for (const part of parts.toSorted((left, right) => left.offset - right.offset)) {
    const last = result.at(-1)
    if (last !== undefined && part.offset <= last.offset + last.length) {
      last.length = Math.max(last.length, part.offset + part.length - last.offset)
    } else {
      result.push({ ...part })
    }
  }
  return result
}

async function textOf(path: string, limitBytes: number): Promise<string | null> {
  try {
    return (await readProcText(path, limitBytes)).text
  } catch {
    // Both files are readable for everybody; all that can be wrong is that the process has ended.
    return null
  }
}
