import { pino } from 'pino'
import { createApiClient } from '../kubernetes/api-client.ts'
import { startDraDriver } from '../kubernetes/dra-driver.ts'
import { inClusterConfig, type KubeConfig, readKubeConfig } from '../kubernetes/kube-config.ts'
import { createSlicePublisher } from '../kubernetes/resource-slices.ts'
import { UsageError } from '../usage-error.ts'
import type { DraFlags } from './dra-program.ts'
import { asUsage, daxdOf } from './node-daxd.ts'
import { endSurely, flush, whenStopped } from './process-end.ts'

/** RFC 1123 subdomain, and as long as Kubernetes lets a driver's name be. */
const DRIVER_NAME =
  /^(?=.{1,63}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/

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
