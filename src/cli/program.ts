import { Command, CommanderError, Option } from 'commander'
import {
  CDI_DIRECTORY_DEFAULT,
  defaultStateDirectory,
  LISTEN_DEFAULT,
  LOG_LEVELS,
  type Settings,
} from '../config.ts'
import { CDI_KIND_DEFAULT } from '../core/cdi-name.ts'
import { WIPES } from '../core/vocabulary.ts'
import { stateDirectoryDefault } from './state-directory-default.ts'

/** What the command line can be told to do; injected, so that it can be tested without doing it. */
export interface Actions {
  serve(flags: Settings & { readonly config?: string }): Promise<void>
  doctor(options: {
    readonly json: boolean
    readonly backend: 'emulated' | 'kernel'
    readonly stateDirectory: string
  }): Promise<number>
}

/** Flags of commander are camel-cased; settings go by the flags' own names. */
function settingsOf(options: Record<string, unknown>): Settings & { config?: string } {
  const kebab = (name: string): string => name.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)
  const pairs = Object.entries(options).filter(([, value]) => value !== undefined)
  return Object.fromEntries(pairs.map(([name, value]) => [kebab(name), value]))
}

function collect(value: string, before: string[] | undefined): string[] {
  return [...(before ?? []), value]
}

/** The command line: `daxd serve`, `daxd doctor`. */
export function createProgram(version: string, actions: Actions): Command {
  const program = new Command('daxd')
    .description("Owns a host's device-dax memory and hands it out over HTTP.")
    .version(version)
    .showHelpAfterError('(daxd --help shows what can be said)')
    .exitOverride()
    .commandsGroup('On the host itself:')
  addServe(program, actions)
  addDoctor(program, actions)
  return program
}

/** What `serve --help` says beside its flags. */
const SERVE_NOTES = `
Without a command, daxd serves. Each flag that takes a value may also be set in the environment,
as in DAXD_STATE_DIR for --state-dir. Flags win over the environment, the environment over the file.

Once ready it logs a line with "msg":"listening" and its url. Exit code: 0 after SIGTERM or SIGINT,
2 when it cannot start, with a sentence that says why. What does not end within 30 s of the signal
is ended by SIGKILL.`

function addServe(program: Command, actions: Actions): void {
  program
    .command('serve', { isDefault: true })
    .description('run the daemon')
    .option(
      '--listen <where>',
      `HOST:PORT (port 0: a free one) or unix:PATH (default: ${LISTEN_DEFAULT})`,
    )
    .option(
      '--state-dir <dir>',
      `where state is kept (default: ${defaultStateDirectory(process.env)})`,
    )
    .addOption(
      new Option(
        '--backend <kind>',
        "the memory: emulated by files, or the host's own (default: emulated)",
      ).choices(['emulated', 'kernel']),
    )
    .option(
      '--topology <file>',
      'regions of an emulated host that is new: YAML or JSON, or what "daxctl list -RDMi" or ' +
        '"ndctl list -RNDi" printed; may be repeated (default: 16 GiB volatile, 16 GiB pmem)',
      collect,
    )
    .option(
      '--faults <file>',
      'what shall go wrong on the emulated host, from a seed (YAML or JSON)',
    )
    .addOption(
      new Option('--log-level <level>', 'how much is logged (default: info)').choices([
        ...LOG_LEVELS,
      ]),
    )
    .option(
      '--token-file <file>',
      'one bearer token that admits to everything; "daxd token" makes others',
    )
    .option('--identities <file>', 'which certificates and JWTs are whom (YAML or JSON)')
    .option('--tls-cert <file>', 'speak HTTPS with this certificate (PEM)')
    .option('--tls-key <file>', "the certificate's private key (PEM)")
    .option('--client-ca <file>', 'authorities of client certificates (PEM)')
    .option(
      '--release-default-devices',
      'kernel: give back at start the unused devices that the kernel made over whole regions',
    )
    .option(
      '--init-labels',
      'kernel: label static regions that have no labels; loses their content',
    )
    .addOption(
      new Option(
        '--wipe-minimum <how>',
        'how all memory is wiped at least, whatever was asked for (default: none)',
      ).choices([...WIPES]),
    )
    .option('--rate-limit <n>', 'requests a second that each identity may make')
    .option('--wipe-rate <size/s>', 'how fast memory is wiped at most, as in 500MiB/s')
    .option(
      '--cdi-dir <dir>',
      `where containers find claims by name (CDI), or none (default: ${CDI_DIRECTORY_DEFAULT} ` +
        'for the kernel backend as root, else none)',
    )
    .option('--cdi-kind <kind>', `as what: VENDOR/CLASS (default: ${CDI_KIND_DEFAULT})`)
    .option('--insecure-no-auth', 'let everyone in who can connect, beyond loopback too')
    .option('--insecure-no-tls', 'speak HTTP beyond loopback, as behind a proxy')
    .option('--config <file>', 'settings by the names of these flags (YAML or JSON)')
    .addHelpText('after', SERVE_NOTES)
    .action((options: Record<string, unknown>) => actions.serve(settingsOf(options)))
}

function addDoctor(program: Command, actions: Actions): void {
  program
    .command('doctor')
    .description('say what this host supports, what is missing, and how to mend it')
    .option('--json', 'the report as JSON, as GET /v1/host answers it')
    .addOption(
      new Option('--backend <kind>', 'what the host is judged for')
        .choices(['emulated', 'kernel'])
        .default('emulated'),
    )
    .option('--state-dir <dir>', 'where state would be kept', stateDirectoryDefault(process.env))
    .addHelpText('after', '\nExit code: 0 pass, 1 warn, 2 fail.')
    .action(
      async (options: { json?: boolean; backend: 'emulated' | 'kernel'; stateDir: string }) => {
        process.exitCode = await actions.doctor({
          json: options.json ?? false,
          backend: options.backend,
          stateDirectory: options.stateDir,
        })
      },
    )
}

/** True for commander's way to say that help or version was shown and all is well. */
export function isDone(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0
}
