const EXIT_USAGE = 2

/**
 * The options that the program was started with. Prints the help and ends the process with 0 where
 * that is asked for (`read` answers null), and with 2 and a sentence for a wrong option.
 */
export function optionsOrEnd<T>(
  program: string,
  help: string,
  read: (args: readonly string[]) => T | null,
): T {
  try {
    const options = read(process.argv.slice(2))
    if (options !== null) return options
    console.log(help)
    process.exit(0)
  } catch (error) {
    console.error(`${program}: ${(error as Error).message}`)
    process.exit(EXIT_USAGE)
  }
}
