import { type Command, Option } from 'commander'
import { pino } from 'pino'
import { createApiClient } from '../kubernetes/api-client.ts'
import { startDraDriver } from '../kubernetes/dra-driver.ts'
import { inClusterConfig, type KubeConfig, readKubeConfig } from '../kubernetes/kube-config.ts'
import { createSlicePublisher } from '../kubernetes/resource-slices.ts'
import { UsageError } from '../usage-error.ts'
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

const DRIVER_NAME_DEFAULT = 'daxd.io'

/** RFC 1123 subdomain, and as long as Kubernetes lets a driver's name be. */
const DRIVER_NAME =
  /^(?=.{1,63}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/

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
  command
    .option('--driver-name <name>', 'as DeviceClasses name it', DRIVER_NAME_DEFAULT)
    .option('--share <name>', "the share of each region that is Kubernetes' own", SHARE_DEFAULT)
    .option('--kubelet-dir <dir>', "the kubelet's directory", KUBELET_DIRECTORY_DEFAULT)
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

/** Runs the driver until SIGTERM or SIGINT. @throws UsageError for what cannot work. */
export async function runDra(flags: DraFlags): Promise<void> {
  const log = pino({ level: flags.logLevel })
  const { driverName, nodeName } = flags
  if (!DRIVER_NAME.test(driverName)) {
    throw new UsageError(`--driver-name ${driverName} is no DNS subdomain of 63 letters at most.`)
  }
  const { daxd, kube } = connect(flags)
  const deps = { daxd, kube, owner: { driverName, nodeName }, share: flags.share, log }
  const slices = createSlicePublisher(deps)
  const stopped = whenStopped()
  void stopped.then(() => endSurely(log))
  const driver = await startDraDriver({
    ...deps,
    kubeletDirectory: flags.kubeletDir,
    instance: flags.instance ?? null,
    onKubelet: () => slices.republish(),
  }).catch(asUsage)
  log.info({ ...driver.sockets, driver: driverName, node: nodeName }, 'serving the kubelet')
  const publishing = new AbortController()
  const published = slices.run(publishing.signal)
  log.info({ signal: await stopped }, 'stopping')
  // The slices stay: another instance may take over, and a kubelet removes them if none does.
  publishing.abort()
  await driver.stop()
  await published
  daxd.close()
  kube.close()
  await flush(log)
}

function connect(flags: DraFlags) {
  const { kubeconfig } = flags
  try {
    const config: KubeConfig =
      kubeconfig === undefined ? inClusterConfig(process.env) : readKubeConfig(kubeconfig)
    const daxd = daxdOf(flags)
    return { daxd, kube: createApiClient(config) }
  } catch (error) {
    return asUsage(error)
  }
}
