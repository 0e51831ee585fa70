import { pino } from 'pino'
import { type DevicePluginOptions, startDevicePlugin } from '../kubernetes/device-plugin.ts'
import { parseChunkResource } from '../kubernetes/device-plugin-resource.ts'
import type { DevicePluginFlags } from './device-plugin-program.ts'
import { asUsage, daxdOf } from './node-daxd.ts'
import { endSurely, flush, whenStopped } from './process-end.ts'

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
