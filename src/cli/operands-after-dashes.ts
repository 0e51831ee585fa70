import type { Command } from 'commander'

/** The operands of a command, and the command line that follows `--`, if there is one. */
export interface Operands {
  readonly operands: readonly string[]
  /** Null where nothing follows. */
  readonly argv: readonly string[] | null
}

/**
 * Parts what stands before `--` from what stands after it, which commander does not: to it all are
 * operands. The command line as it was typed says how many stand after it.
 */
export function splitOperands(command: Command): Operands {
  let root = command
  while (root.parent !== null) root = root.parent
  const typed = (root as Command & { readonly rawArgs: readonly string[] }).rawArgs
  const at = typed.indexOf('--')
  const { args } = command
  if (at < 0) return { operands: args, argv: null }
  const count = typed.length - at - 1
  return { operands: args.slice(0, args.length - count), argv: args.slice(args.length - count) }
}
