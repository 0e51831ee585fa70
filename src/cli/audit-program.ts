import type { Command } from 'commander'
import type { AuditFilter } from '../ports/audit.ts'
import { UsageError } from '../usage-error.ts'
import { stateDirectoryDefault } from './state-directory-default.ts'

/** Which ledger is meant: that of a state directory, or a backup. */
export interface AuditPlace {
  readonly stateDirectory: string
  readonly backup?: string
}

/** What `daxd audit` can be told to do; each answers the exit code. */
export interface AuditActions {
  verify(
    options: AuditPlace & { readonly expectedHash: string | null; readonly json: boolean },
  ): number
  list(options: AuditPlace & { readonly filter: AuditFilter; readonly json: boolean }): number
}

const HASH = /^[0-9a-f]{64}$/

const NOTES = `
Each works on the state directory of a daemon that is stopped, or on a backup; a running one answers
GET /v1/audit and GET /v1/audit/verify. Exit code: 0 the chain is whole, 1 it is broken, or the
expected hash is not in it, 2 it could not be looked at, with a sentence that says why.`

interface Options {
  readonly stateDir: string
  readonly fromBackup?: string
  readonly expectHead?: string
  readonly json?: boolean
  readonly actor?: string
  readonly tenant?: string
  readonly action?: string
  readonly object?: string
  readonly request?: string
  readonly since?: string
}

/** Adds `daxd audit verify | list`. */
export function addAudit(program: Command, actions: AuditActions): void {
  const audit = program
    .command('audit')
    .description('who did what: look at the chain of entries, print them')
    .addHelpText('after', NOTES)
  addPart(audit, 'verify', 'look at every link and name the first that is not what was written')
    .option('--expect-head <hash>', 'a hash noted elsewhere, which must be in the chain')
    .option('--json', 'what was found as JSON')
    .action((options: Options) => {
      const { json = false } = options
      const expectedHash = hashOf(options.expectHead)
      process.exitCode = actions.verify({ ...placeOf(options), expectedHash, json })
    })
  addPart(audit, 'list', 'print entries, oldest first')
    .option('--json', 'each as a line of JSON')
    .option('--actor <name>', 'of this actor only')
    .option('--tenant <name>', 'of this tenant only')
    .option('--action <name>', 'of this action only, such as claims:change')
    .option('--object <id>', 'about this object, by its id or as kind/id')
    .option('--request <id>', 'of this request, by its id in the log')
    .option('--since <instant>', 'of this instant (RFC 3339) or later')
    .action((options: Options) => {
      const { json = false } = options
      process.exitCode = actions.list({ ...placeOf(options), filter: filterOf(options), json })
    })
}

function addPart(audit: Command, name: string, description: string): Command {
  return audit
    .command(name)
    .description(description)
    .option('--state-dir <dir>', 'where the state is kept', stateDirectoryDefault(process.env))
    .option('--from-backup <file>', 'what "daxd ledger backup" wrote, instead')
    .addHelpText('after', NOTES)
}

function placeOf({ stateDir: stateDirectory, fromBackup: backup }: Options): AuditPlace {
  return { stateDirectory, ...(backup === undefined ? {} : { backup }) }
}

function hashOf(text: string | undefined): string | null {
  if (text === undefined) return null
  if (HASH.test(text)) return text
  throw new UsageError(`--expect-head ${text}: a hash is 64 hex digits.`)
}

function filterOf({ actor, tenant, action, object, request, since }: Options): AuditFilter {
  const since_ms = since === undefined ? undefined : Date.parse(since)
  if (Number.isNaN(since_ms)) throw new UsageError(`--since ${since}: not an instant.`)
  const given = Object.entries({
    ...{ actor, tenant, action, object, request_id: request, since_ms },
  })
  return Object.fromEntries(given.filter(([, value]) => value !== undefined))
}
