import { Argument, type Command } from 'commander'
import { connectToDaemon } from '../connection/connect-to-daemon.ts'
import { type ConnectionFlags, readConnection } from '../connection/connection-settings.ts'
import type { Surroundings } from '../output/terminal-output.ts'
import { type Candidate, wantedAt } from './candidates.ts'
import { daemonNames } from './daemon-names.ts'
import { FILES_MARK, SCRIPTS, SHELLS, type Shell } from './shell-scripts.ts'

const NOTES = `
  bash  source <(daxd completion bash)                   in ~/.bashrc
  zsh   source <(daxd completion zsh)                    in ~/.zshrc, after compinit
  fish  daxd completion fish > ~/.config/fish/completions/daxd.fish

Names of devices, namespaces, claims and so on are asked of the daemon.`

/** Adds `daxd completion`, and the hidden `daxd complete` that the shells' scripts ask. */
export function addCompletion(program: Command, surroundings: Surroundings): void {
  const { stdout } = surroundings
  program
    .command('completion')
    .summary('print what teaches a shell to complete daxd')
    .description('print what teaches a shell to complete daxd')
    .helpGroup('Help:')
    .addArgument(new Argument('<shell>').choices([...SHELLS]))
    .addHelpText('after', NOTES)
    .action((shell: Shell) => void stdout.write(SCRIPTS[shell]))
  program
    .command('complete', { hidden: true })
    .argument('[word...]', 'after daxd, the last one begun')
    .action(async (words: readonly string[]) => {
      const wanted = wantedAt(program, words.length === 0 ? [''] : words)
      if (wanted.kind === 'files') stdout.write(`${FILES_MARK}\n`)
      else if (wanted.kind === 'words') stdout.write(linesOf(wanted.words))
      else stdout.write(linesOf(await namesOf(wanted.of, words, surroundings)))
    })
}

async function namesOf(
  kind: Parameters<typeof daemonNames>[1],
  words: readonly string[],
  { env }: Surroundings,
): Promise<readonly Candidate[]> {
  try {
    const daxd = connectToDaemon(readConnection(connectionIn(words), env), () => undefined)
    return await daemonNames(daxd, kind)
  } catch {
    // No daemon, no names: a shell that beeps says as much as can be said here.
    return []
  }
}

/** Where the line that is being typed says the daemon is. */
function connectionIn(words: readonly string[]): ConnectionFlags {
  const after = (flag: string): string | undefined => words[words.indexOf(flag) + 1]
  const has = (flag: string): boolean => words.slice(0, -1).includes(flag)
  const [url, socket, tokenFile] = ['--url', '--socket', '--token-file'].map((flag) =>
    has(flag) ? after(flag) : undefined,
  )
  return {
    ...(url === undefined ? {} : { url }),
    ...(socket === undefined ? {} : { socket }),
    ...(tokenFile === undefined ? {} : { tokenFile }),
  }
}

function linesOf(words: readonly Candidate[]): string {
  return words.map(({ word, about }) => `${word}\t${about.replace(/\s+/g, ' ')}\n`).join('')
}
