import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import type { HostFiles } from './host-files.ts'
import type { ToolReport } from './host-report.ts'
import type { RunCommand } from './run-command.ts'

const TOOL_NAMES = ['ndctl', 'daxctl', 'daxio', 'modprobe'] as const

/** Searched in this order; a user's PATH often lacks the sbin directories. */
const TOOL_DIRECTORIES = [
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/sbin',
  '/usr/bin',
  '/sbin',
  '/bin',
]

/** Where each tool is and what version it says it is. */
export async function examineTools(
  files: HostFiles,
  run: RunCommand,
): Promise<readonly ToolReport[]> {
  return Promise.all(
    TOOL_NAMES.map(async (name) => {
      const path = await findTool(files, name)
      const version = path === null ? null : await askVersion(files.locate(path), run)
      return { name, version, path }
    }),
  )
}

async function findTool(files: HostFiles, name: string): Promise<string | null> {
  for (const directory of TOOL_DIRECTORIES) {
    const path = `${directory}/${name}`
    const runnable = await access(files.locate(path), constants.X_OK).then(
      () => true,
      () => false,
    )
    if (runnable) return path
  }
  return null
}

/** `ndctl --version` prints `76.1`, `modprobe --version` prints `kmod version 30` and more. */
async function askVersion(path: string, run: RunCommand): Promise<string | null> {
  const result = await run(path, ['--version'])
  return result.ok
    ? (/\d+(\.\d+){0,3}\S{0,20}/.exec(result.stdout.slice(0, 200))?.[0] ?? null)
    : null
}
