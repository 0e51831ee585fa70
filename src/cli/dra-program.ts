import { type Command, Option } from 'commander'
import { logLevelOption, type NodeFlags, nodeOptions, placeOptions } from './node-programs.ts'

const DRIVER_NAME_DEFAULT = 'daxd.io'

/** The flags of `daxd dra`. */
export interface DraFlags extends NodeFlags {
  readonly driverName: string
  readonly instance?: string
  readonly kubeconfig?: string
}

const DRA_NOTES = `
It serves the kubelet on unix sockets below --kubelet-dir, reads ResourceClaims from the API server
(as the pod's service account, or by --kubeconfig) and asks daxd for the memory. It keeps no state
of its own. Exit code: 0 after SIGTERM or SIGINT, 2 when it cannot start, with a sentence.`

/** Adds `daxd dra`. */
export function addDra(program: Command, run: (flags: DraFlags) => Promise<void>): void {
  const command = program
    .command('dra')
    .description("run the Kubernetes DRA driver's part on this node")
  for (const option of nodeOptions()) command.addOption(option)
  command.option('--driver-name <name>', 'as DeviceClasses name it', DRIVER_NAME_DEFAULT)
  for (const option of placeOptions()) command.addOption(option)
  command
    .addOption(
      new Option(
        '--instance <id>',
        'tells apart two that run together during an upgrade: the uid of the pod',
      ).env('POD_UID'),
    )
    .addOption(
      new Option('--kubeconfig <file>', "instead of the pod's service account").env('KUBECONFIG'),
    )
    .addOption(logLevelOption())
    .addHelpText('after', DRA_NOTES)
    .action((flags: DraFlags) => run(flags))
}
