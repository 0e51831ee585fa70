import { createHash } from 'node:crypto'
import { readdir } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { checkSocketPath, removeSocket } from './unix-socket.ts'

const DIGEST_LETTERS = 12

/** Where a driver's two sockets are. */
export interface PluginSockets {
  /** In the directory that the kubelet watches. */
  readonly registration: string
  readonly dra: string
}

export interface PluginSocketsInput {
  /** `/var/lib/kubelet`, unless the cluster says otherwise. */
  readonly kubeletDirectory: string
  readonly driverName: string
  /**
   * What tells two instances apart that run together during an upgrade: the pod's uid. It goes into
   * the names as a digest, since a socket's path is short. Null when there is only ever one.
   */
  readonly instance: string | null
}

/** @throws Error when a path would be too long for a socket. */
export function pluginSockets(input: PluginSocketsInput): PluginSockets {
  const { kubeletDirectory, driverName, instance } = input
  const digest = instance === null ? null : digestOf(instance)
  const sockets = {
    registration: join(
      registryOf(kubeletDirectory),
      digest === null ? `${driverName}-reg.sock` : `${driverName}-${digest}-reg.sock`,
    ),
    dra: join(
      kubeletDirectory,
      'plugins',
      driverName,
      digest === null ? 'dra.sock' : `dra-${digest}.sock`,
    ),
  }
  checkSocketPath(sockets.registration)
  checkSocketPath(sockets.dra)
  return sockets
}

/**
 * Removes the sockets that instances of this driver left when they were killed: a kubelet would go
 * on dialling them. One that still answers is another instance's, and stays.
 */
export async function removeDeadSockets(input: PluginSocketsInput): Promise<void> {
  const { kubeletDirectory, driverName } = input
  const places = [
    { directory: registryOf(kubeletDirectory), prefix: driverName, suffix: '-reg.sock' },
    { directory: join(kubeletDirectory, 'plugins', driverName), prefix: 'dra', suffix: '.sock' },
  ]
  for (const { directory, prefix, suffix } of places) {
    const names = await readdir(directory).catch(() => [])
    for (const name of names) {
      const middle =
        name.startsWith(prefix) && name.endsWith(suffix)
          ? name.slice(prefix.length, -suffix.length)
          : null
      // Not those of a driver whose name begins as ours does.
      if (middle === null || !/^(?:-[0-9a-f]{12})?$/.test(middle)) continue
      const path = join(directory, name)
      if (await isDead(path)) await removeSocket(path)
    }
  }
}

function registryOf(kubeletDirectory: string): string {
  return join(kubeletDirectory, 'plugins_registry')
}

function digestOf(instance: string): string {
  return createHash('sha256').update(instance).digest('hex').slice(0, DIGEST_LETTERS)
}

function isDead(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(false)
    })
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code === 'ECONNREFUSED'))
  })
}
