import { readFileSync } from 'node:fs'
import { type Command, Option } from 'commander'
import { pino } from 'pino'
import { LISTEN_DEFAULT, LOG_LEVELS } from '../config.ts'
import { createApiClient } from '../kubernetes/api-client.ts'
import { createDaxdClient } from '../kubernetes/daxd-client.ts'
import { startDraDriver } from '../kubernetes/dra-driver.ts'
import { inClusterConfig, type KubeConfig, readKubeConfig } from '../kubernetes/kube-config.ts'
import { createSlicePublisher } from '../kubernetes/resource-slices.ts'
import { UsageError } from '../usage-error.ts'
import { endSurely, flush, whenStopped } from './process-end.ts'

const DRIVER_NAME_DEFAULT = 'daxd.io'
const KUBELET_DIRECTORY_DEFAULT = '/var/lib/kubelet'
const SHARE_DEFAULT = 'kubernetes'

/** RFC 1123 subdomain, and as long as Kubernetes lets a driver's name be. */
const DRIVER_NAME =
  /^(?=.{1,63}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/

/** For all attempts of a call: with the API server's own, less than the kubelet's 45 s. */
const DAXD_TIMEOUT_MS = 18_000

/** The flags of `daxd dra`. */
export interface DraFlags {
  readonly daxd: string
  readonly daxdTokenFile?: string
  readonly nodeName: string
  readonly driverName: string
  readonly share: string
  readonly kubeletDir: string
  readonly instance?: string
  readonly kubeconfig?: string
  readonly logLevel: string
}

const DRA_NOTES = `
It serves the kubelet on unix sockets below --kubelet-dir, reads ResourceClaims from the API server
(as the pod's service account, or by --kubeconfig) and asks daxd for the memory. It keeps no state
of its own. Exit code: 0 after SIGTERM or SIGINT, 2 when it cannot start, with a sentence.`

/** Adds `daxd dra`. */
export function addDra(program: Command, run: (flags: DraFlags) => Promise<void>): void {
  program
    .command('dra')
    .description("run the Kubernetes DRA driver's part on this node")
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
    .addOption(
      new Option('--log-level <level>', 'how much is logged')
        .choices([...LOG_LEVELS])
        .default('info'),
    )
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
  const { daxdTokenFile, kubeconfig } = flags
  try {
    if (daxdTokenFile !== undefined) readFileSync(daxdTokenFile)
    const config: KubeConfig =
      kubeconfig === undefined ? inClusterConfig(process.env) : readKubeConfig(kubeconfig)
    const daxd = createDaxdClient({
      address: flags.daxd,
      timeoutMs: DAXD_TIMEOUT_MS,
      ...(daxdTokenFile === undefined ? {} : { tokenFile: daxdTokenFile }),
    })
    return { daxd, kube: createApiClient(config) }
  } catch (error) {
    return asUsage(error)
  }
}

function asUsage(error: unknown): never {
  throw new UsageError(error instanceof Error ? error.message : String(error))
}
