import type { Command } from 'commander'
import { logLevelOption, type NodeFlags, nodeOptions, placeOptions } from './node-programs.ts'

/** The flags of `daxd device-plugin`. */
export interface DevicePluginFlags extends NodeFlags {
  readonly resource: readonly string[]
  readonly cdi?: boolean
}

const NOTES = `
For clusters without DRA (before Kubernetes 1.34); elsewhere use "daxd dra". Each resource is a
fixed number of chunks of one size, as in --resource daxd.io/dax-1g=1GiB:4, taken of the share. What
pods have left is noticed by the kubelet's PodResources API (<kubelet-dir>/pod-resources). It keeps
no state of its own. Exit code: 0 after SIGTERM or SIGINT, 2 when it cannot start, with a sentence.`

function collect(value: string, before: readonly string[] = []): string[] {
  return [...before, value]
}

/** Adds `daxd device-plugin`. */
export function addDevicePlugin(
  program: Command,
  run: (flags: DevicePluginFlags) => Promise<void>,
): void {
  const command = program
    .command('device-plugin')
    .description('run the Kubernetes device plugin on this node')
  for (const option of nodeOptions()) command.addOption(option)
  command.requiredOption(
    '--resource <NAME=SIZE:COUNT>',
    'chunks to offer; may be repeated',
    collect,
  )
  for (const option of placeOptions()) command.addOption(option)
  command
    .option('--cdi', 'answer CDI names instead of device nodes (kubelets from 1.31)')
    .addOption(logLevelOption())
    .addHelpText('after', NOTES)
    .action((flags: DevicePluginFlags) => run(flags))
}
