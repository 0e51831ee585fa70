import type { Command } from 'commander'
import { pino } from 'pino'
import { type DevicePluginOptions, startDevicePlugin } from '../kubernetes/device-plugin.ts'
import { parseChunkResource } from '../kubernetes/device-plugin-resource.ts'
import {
  asUsage,
  daxdOf,
  KUBELET_DIRECTORY_DEFAULT,
  logLevelOption,
  type NodeFlags,
  nodeOptions,
  SHARE_DEFAULT,
} from './node-programs.ts'
import { endSurely, flush, whenStopped } from './process-end.ts'

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
  command
    .requiredOption('--resource <NAME=SIZE:COUNT>', 'chunks to offer; may be repeated', collect)
    .option('--share <name>', "the share of each region that is Kubernetes' own", SHARE_DEFAULT)
    .option('--kubelet-dir <dir>', "the kubelet's directory", KUBELET_DIRECTORY_DEFAULT)
    .option('--cdi', 'answer CDI names instead of device nodes (kubelets from 1.31)')
    .addOption(logLevelOption())
    .addHelpText('after', NOTES)
    .action((flags: DevicePluginFlags) => run(flags))
}

/** Runs the plugin until SIGTERM or SIGINT. @throws UsageError for what cannot work. */
export async function runDevicePlugin(flags: DevicePluginFlags): Promise<void> {
  const log = pino({ level: flags.logLevel })
  const options = optionsOf(flags)
  const stopped = whenStopped()
  void stopped.then(() => endSurely(log))
  const plugin = startDevicePlugin({ ...options, log })
  log.info({ resources: flags.resource, node: flags.nodeName }, 'waiting for the kubelet')
  log.info({ signal: await stopped }, 'stopping')
  await plugin.stop()
  options.daxd.close()
  await flush(log)
}

function optionsOf(flags: DevicePluginFlags): Omit<DevicePluginOptions, 'log'> {
  const { nodeName, share, kubeletDir, cdi = false } = flags
  try {
    const resources = flags.resource.map(parseChunkResource)
    const names = new Set(resources.map(({ name }) => name))
    if (names.size < resources.length) throw new Error('A --resource is named twice.')
    const daxd = daxdOf(flags)
    return { daxd, nodeName, share, resources, kubeletDirectory: kubeletDir, cdi }
  } catch (error) {
    return asUsage(error)
  }
}
