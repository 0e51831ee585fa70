/**
 * For every daxd in the guest: without V8's compilers, whose output the emulator would have to
 * translate once more. All alike, since what is compiled is cached for each set of flags.
 *
 * WebAssembly, by which Node strips the types, is compiled once and not again when it is used much:
 * without the other compilers V8 (of Node 26.10) sometimes ends the process as it begins to
 * (`Runtime_WasmTriggerTierUp`, "Check failed: it->second.Size() > offset").
 */
export const NODE_FLAGS: readonly string[] = [
  '--no-opt',
  '--no-maglev',
  '--no-sparkplug',
  '--liftoff-only',
]
