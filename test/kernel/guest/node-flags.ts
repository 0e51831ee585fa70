/**
 * For every daxd in the guest: without V8's compilers, whose output the emulator would have to
 * translate once more. All alike, since what is compiled is cached for each set of flags.
 */
export const NODE_FLAGS: readonly string[] = ['--no-opt', '--no-maglev', '--no-sparkplug']
