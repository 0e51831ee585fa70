import { CommanderError } from 'commander'
import { DaxError } from '../core/errors.ts'
import { UsageError } from '../usage-error.ts'
import { EXIT } from './exit-codes.ts'
import { withOptionsAfterCommand } from './options-before-command.ts'
import { isDone } from './program.ts'
import { createWholeProgram } from './whole-program.ts'

/** Node and the program that it runs, which stand first in its arguments. */
const EXECUTABLE_WORDS = 2

/** Runs the command line and gives its exit code. */
export async function run(argv: readonly string[]): Promise<number> {
  endQuietlyWithReader()
  try {
    const program = createWholeProgram()
    const words = withOptionsAfterCommand(program, argv.slice(EXECUTABLE_WORDS))
    await program.parseAsync(words, { from: 'user' })
    return Number(process.exitCode ?? EXIT.done.code)
  } catch (error) {
    if (isDone(error)) return EXIT.done.code
    if (error instanceof CommanderError) return EXIT.usage.code
    if (!(error instanceof UsageError || error instanceof DaxError || isSystemError(error))) {
      throw error
    }
    process.stderr.write(`daxd: ${error.message}\n`)
    return EXIT.usage.code
  }
}

/** A reader that has seen enough (`| head`) closes the pipe; that is no failure of ours. */
function endQuietlyWithReader(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit(EXIT.done.code)
  })
}

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error
}
