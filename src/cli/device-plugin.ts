import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { pino } from 'pino'
import { LISTEN_DEFAULT, LOG_LEVELS } from '../config.ts'
import { createDaxdClient } from '../kubernetes/daxd-client.ts'
import { type DevicePluginOptions, startDevicePlugin } from '../kubernetes/device-plugin.ts'
import { parseChunkResource } from '../kubernetes/device-plugin-resource.ts'
import { UsageError } from '../usage-error.ts'
import { endSurely, flush, whenStopped } from './process-end.ts'

const KUBELET_DIRECTORY_DEFAULT = '/var/lib/kubelet'
const SHARE_DEFAULT = 'kubernetes'
/** For all attempts of a call; a stop waits for it, and a pod has 30 s to end. */
const DAXD_TIMEOUT_MS = 18_000

/** The flags of `daxd device-plugin`. */
export interface DevicePluginFlags {
  readonly daxd: string
  readonly daxdTokenFile?: string
  readonly nodeName: string
  readonly resource: readonly string[]
  readonly share: string
  readonly kubeletDir: string
  readonly cdi?: boolean
  readonly logLevel: string
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
  program
    .command('device-plugin')
    .description('run the Kubernetes device plugin on this node')
    .addOption(
      new Option('--daxd <where>', 'http://HOST:PORT or unix:PATH of the daxd of this node')
        .env('DAXD_ADDRESS')
        .default(`http://${LISTEN_DEFAULT}`),
    )
    .addOption(
      new Option('--daxd-token-file <file>', 'the bearer token that daxd asks for').env(
        'DAXD_CLIENT_TOKEN_FILE',
      ),
    )
    .addOption(
      new Option('--node-name <name>', 'this node, as Kubernetes calls it')
        .env('NODE_NAME')
        .makeOptionMandatory(),
    )
    .requiredOption('--resource <NAME=SIZE:COUNT>', 'chunks to offer; may be repeated', collect)
    .option('--share <name>', "the share of each region that is Kubernetes' own", SHARE_DEFAULT)
    .option('--kubelet-dir <dir>', "the kubelet's directory", KUBELET_DIRECTORY_DEFAULT)
    .option('--cdi', 'answer CDI names instead of device nodes (kubelets from 1.31)')
    .addOption(
      new Option('--log-level <level>', 'how much is logged')
        .choices([...LOG_LEVELS])
        .default('info'),
    )
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
  const { daxdTokenFile, nodeName, share, kubeletDir, cdi = false } = flags
  try {
    const resources = flags.resource.map(parseChunkResource)
    const names = new Set(resources.map(({ name }) => name))
    if (names.size < resources.length) throw new Error('A --resource is named twice.')
    if (daxdTokenFile !== undefined) readFileSync(daxdTokenFile)
    const daxd = createDaxdClient({
      address: flags.daxd,
      timeoutMs: DAXD_TIMEOUT_MS,
      ...(daxdTokenFile === undefined ? {} : { tokenFile: daxdTokenFile }),
    })
    return { daxd, nodeName, share, resources, kubeletDirectory: kubeletDir, cdi }
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
