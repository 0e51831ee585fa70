import type { Command } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { readConfig } from '../config.ts'
import { createAuditActions } from './audit.ts'
import { addAudit } from './audit-program.ts'
import { addClientPrograms } from './client-programs.ts'
import { addCompletion } from './completion/completion-program.ts'
import { addDevicePlugin } from './device-plugin-program.ts'
import { addDra } from './dra-program.ts'
import { createLedgerActions } from './ledger.ts'
import { addLedger } from './ledger-program.ts'
import { createProgram } from './program.ts'
import { createTokenActions } from './token.ts'
import { addToken } from './token-program.ts'

/**
 * Every command, on this process's streams and environment. What only one of them needs and takes
 * long to load, such as the daemon itself, is loaded when that one is run: `daxd list` is quick.
 */
export function createWholeProgram(): Command {
  const { stdout, stderr, env } = process
  const program = createProgram(packageJson.version, {
    serve: async (flags) => (await import('./serve.ts')).runServe(readConfig(flags, env)),
    doctor: async (options) => (await import('./doctor.ts')).runDoctor({ ...options, stdout }),
  })
  addToken(program, createTokenActions(process))
  addLedger(program, createLedgerActions(process))
  addAudit(program, createAuditActions(process))
  addDra(program, async (flags) => (await import('./dra.ts')).runDra(flags))
  addDevicePlugin(program, async (flags) =>
    (await import('./device-plugin.ts')).runDevicePlugin(flags),
  )
  addClientPrograms(program, { stdout, stderr, env })
  addCompletion(program, { stdout, stderr, env })
  return program
}
