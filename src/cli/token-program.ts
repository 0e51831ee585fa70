import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseDuration } from '../core/duration-text.ts'
import { ROLES, type Role } from '../core/principal.ts'
import { TENANT_NAME_PATTERN, TENANT_NAME_RULE } from '../core/tenant-name.ts'
import { stateDirectoryDefault } from './state-directory-default.ts'

/** What `daxd token` can be told to do; each answers the exit code. */
export interface TokenActions {
  create(options: {
    readonly stateDirectory: string
    readonly name: string
    readonly role: Role
    readonly tenant: string | null
    readonly lifeMs: number | null
    readonly note: string
    readonly json: boolean
  }): number
  list(options: { readonly stateDirectory: string; readonly json: boolean }): number
  revoke(options: { readonly stateDirectory: string; readonly id: string }): number
}

const NOTES = `
Tokens are kept in tokens.json of the state directory, as digests. A daemon that runs there knows of
a new or a revoked one within a second. Once there is a token, callers are asked for credentials.
Exit code: 0 done, 2 it could not be done, with a sentence that says why.`

const LIFE_DEFAULT = '90d'
/** Ten years: what shall last longer is better said to have no end. */
const LIFE_MAX_MS = 3650 * 86_400_000

interface TokenOptions {
  readonly stateDir: string
  readonly json?: boolean
}

interface CreateOptions extends TokenOptions {
  readonly name: string
  readonly role: Role
  readonly tenant?: string
  readonly expires: string
  readonly note: string
}

/** Adds `daxd token create | list | revoke`. */
export function addToken(program: Command, actions: TokenActions): void {
  const token = program
    .command('token')
    .description('make, list and revoke the tokens that callers show')
    .addHelpText('after', NOTES)
  addPart(token, 'create', 'make a token and show it, this once')
    .requiredOption('--name <name>', 'who will use it')
    .addOption(
      new Option('--role <role>', 'what it admits to').choices([...ROLES]).makeOptionMandatory(),
    )
    .option('--tenant <tenant>', 'whose objects it is about; the role "tenant" needs one', tenant)
    .option('--expires <duration>', 'when it ends: 12h, 90d, 52w or never', LIFE_DEFAULT)
    .option('--note <text>', 'for those who list them', '')
    .option('--json', 'the token and what is kept of it as JSON')
    .action((options: CreateOptions, command: Command) => {
      const { stateDir: stateDirectory, name, role, note, json = false } = options
      const { tenant: whose = null } = options
      if (role === 'tenant' && whose === null) {
        command.error('error: the role "tenant" needs --tenant TENANT')
      }
      const lifeMs = lifeOf(options.expires, command)
      const wish = { stateDirectory, name, role, tenant: whose, lifeMs, note, json }
      process.exitCode = actions.create(wish)
    })
  addPart(token, 'list', 'say which tokens there are; none is shown')
    .option('--json', 'as JSON')
    .action(({ stateDir, json = false }: TokenOptions) => {
      process.exitCode = actions.list({ stateDirectory: stateDir, json })
    })
  addPart(token, 'revoke', 'end a token')
    .argument('<id>', 'as "daxd token list" shows it')
    .action((id: string, { stateDir }: TokenOptions) => {
      process.exitCode = actions.revoke({ stateDirectory: stateDir, id })
    })
}

function addPart(token: Command, name: string, description: string): Command {
  return token
    .command(name)
    .description(description)
    .option('--state-dir <dir>', 'where state is kept', stateDirectoryDefault(process.env))
}

function tenant(text: string): string {
  if (TENANT_NAME_PATTERN.test(text)) return text
  throw new InvalidArgumentError(TENANT_NAME_RULE)
}

function lifeOf(text: string, command: Command): number | null {
  if (text === 'never') return null
  const lifeMs = parseDuration(text)
  if (lifeMs !== null && lifeMs <= LIFE_MAX_MS) return lifeMs
  return command.error(
    `error: --expires ${text} is not a duration such as 12h, 90d or 52w, ten years at most`,
  )
}
