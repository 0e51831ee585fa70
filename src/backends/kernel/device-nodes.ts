import {
  chmodSync,
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { parseChardev } from '../../core/chardev.ts'
import { DaxError } from '../../core/errors.ts'
import { decodeDeviceNumber } from '../../procfs/device-number.ts'
import { errnoOf, nullIfGoneNow } from './host-errors.ts'
import { waitFor } from './kernel-timeouts.ts'
import type { RunCommand } from './run-command.ts'

/** Where daxd keeps what it hides, within the devices' own file system; gone at a reboot. */
export const HIDDEN_DIRECTORY = '.daxd'
export const HIDDEN_DIRECTORY_MODE = 0o700

const SYSTEM_RAM_SUFFIX = '.system-ram'
const STAND_IN_SUFFIX = '.stand-in'

/** A device by name and number; the number tells a node of an earlier device from its own. */
export interface NodeOwner {
  readonly chardev: string
  readonly major: number
  readonly minor: number
}

/**
 * The nodes in /dev. A hidden node is taken off its path with owner, group and mode as they are, so
 * that nobody, root included, opens the device by its name. Nodes that were made elsewhere, as in
 * a container's own /dev, are out of reach: only unbinding the driver closes those.
 */
export interface DeviceNodes {
  /** Repeatable; a device without a node has nothing to hide. A stand-in goes. */
  hide(owner: NodeOwner): Promise<void>
  /**
   * Puts a new node, for root alone, where the hidden one was: the tools of ndctl leave out devices
   * without a node. The kernel remembers a device in the node it was opened through and, while
   * somebody holds it, lets it be opened there without a driver; through a new node it does not.
   * Where no node can be made there is none. Repeatable.
   */
  standIn(owner: NodeOwner): Promise<void>
  /**
   * Puts the node back, made anew if it is not there at all. Repeatable.
   * @throws DaxError `backend_failed` when it cannot be made.
   */
  show(owner: NodeOwner): Promise<void>
  /** Forgets all that is kept of a device that is gone. */
  forget(chardev: string): Promise<void>
  /** The devices whose nodes are hidden. */
  hidden(): Promise<string[]>
  /** Whether a stand-in is, or was last, where a node was hidden. */
  hasStandIn(chardev: string): Promise<boolean>
  /** Where the node is now, hidden or not. @throws DaxError `backend_failed` if it is nowhere. */
  pathOf(owner: NodeOwner): Promise<string>
  /**
   * Opens the node and closes it at once; the errno name of the failure, null for a success. Only
   * for a device that a driver has: opening a disabled one can bring the kernel down.
   */
  tryOpen(owner: NodeOwner): Promise<string | null>
  /** Keeps, until a reboot, what a disabled device is meant for. */
  markSystemRam(chardev: string, isForSystemRam: boolean): Promise<void>
  isForSystemRam(chardev: string): Promise<boolean>
}

export interface DeviceNodesOptions {
  readonly devRoot: string
  readonly run: RunCommand
  readonly appearMs: number
  readonly toolMs: number
}

/**
 * Nodes under `devRoot`; what is hidden lies in a directory of its own beside them. /dev is a file
 * system in memory that waits for nothing, so all but the opening of a device is done at once.
 */
export function createDeviceNodes(options: DeviceNodesOptions): DeviceNodes {
  const directory = join(options.devRoot, HIDDEN_DIRECTORY)
  const shown = (chardev: string) => join(options.devRoot, chardev)
  const kept = (chardev: string) => join(directory, chardev)
  const mark = (chardev: string) => join(directory, `${chardev}${SYSTEM_RAM_SUFFIX}`)
  const standing = (chardev: string) => join(directory, `${chardev}${STAND_IN_SUFFIX}`)

  function dropStandIn(chardev: string): void {
    if (!isNode(standing(chardev))) return
    rmSync(shown(chardev), { force: true })
    rmSync(standing(chardev), { force: true })
  }

  return {
    async hide({ chardev }) {
      makeDirectory(directory)
      dropStandIn(chardev)
      nullIfGoneNow(() => renameSync(shown(chardev), kept(chardev)))
    },
    async standIn({ chardev, major, minor }) {
      if (isNode(shown(chardev))) return
      makeDirectory(directory)
      writeFileSync(standing(chardev), '')
      await runMknod(options, { chardev, major, minor }, shown(chardev))
    },
    async show(owner) {
      const { chardev } = owner
      dropStandIn(chardev)
      // A node that devtmpfs has made meanwhile belongs to a newer device than the hidden one.
      if (isNode(shown(chardev))) return rmSync(kept(chardev), { force: true })
      if (isNodeOf(kept(chardev), owner)) return renameSync(kept(chardev), shown(chardev))
      rmSync(kept(chardev), { force: true })
      await makeNode(options, owner, shown(chardev))
    },
    async forget(chardev) {
      dropStandIn(chardev)
      rmSync(kept(chardev), { force: true })
      rmSync(mark(chardev), { force: true })
    },
    async hidden() {
      const names = nullIfGoneNow(() => readdirSync(directory)) ?? []
      return names.filter((name) => parseChardev(name) !== null).sort()
    },
    hasStandIn: async (chardev) => isNode(standing(chardev)),
    async pathOf({ chardev }) {
      for (const path of [shown(chardev), kept(chardev)]) if (isNode(path)) return path
      throw new DaxError('backend_failed', `The device node of ${chardev} is missing.`)
    },
    async tryOpen(owner) {
      const path = isNode(shown(owner.chardev)) ? shown(owner.chardev) : kept(owner.chardev)
      return openAndClose(path)
    },
    async markSystemRam(chardev, isForSystemRam) {
      if (!isForSystemRam) return rmSync(mark(chardev), { force: true })
      makeDirectory(directory)
      writeFileSync(mark(chardev), '')
    },
    isForSystemRam: async (chardev) => isNode(mark(chardev)),
  }
}

function makeDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: HIDDEN_DIRECTORY_MODE })
  chmodSync(directory, HIDDEN_DIRECTORY_MODE)
}

function isNode(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined
}

function isNodeOf(path: string, { major, minor }: NodeOwner): boolean {
  const facts = lstatSync(path, { throwIfNoEntry: false })
  if (facts === undefined || !facts.isCharacterDevice()) return false
  const number = decodeDeviceNumber(facts.rdev)
  return number.major === major && number.minor === minor
}

async function openAndClose(path: string): Promise<string | null> {
  try {
    const file = await open(path, constants.O_RDONLY)
    await file.close()
    return null
  } catch (error) {
    const errno = errnoOf(error)
    if (errno === null) throw error
    return errno
  }
}

/** devtmpfs or udev makes it as a rule; where neither does, as in some containers, mknod will. */
async function makeNode(options: DeviceNodesOptions, owner: NodeOwner, path: string) {
  const there = async () => (isNode(path) ? path : null)
  if ((await waitFor(there, options.appearMs)) !== null) return
  if ((await runMknod(options, owner, path)) || isNode(path)) return
  throw new DaxError('backend_failed', `The device node of ${owner.chardev} cannot be made.`)
}

async function runMknod(
  options: DeviceNodesOptions,
  { major, minor }: NodeOwner,
  path: string,
): Promise<boolean> {
  const args = ['-m', '600', path, 'c', String(major), String(minor)]
  return (await options.run('mknod', args, options.toolMs)).kind === 'done'
}
