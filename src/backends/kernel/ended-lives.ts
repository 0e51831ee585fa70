import type { ProcessUse } from '../../procfs/process-use.ts'

type Held = Pick<ProcessUse, 'fds' | 'mapped' | 'inodes'>

/**
 * What processes held of devices that were removed. The kernel gives the device number of a
 * removed device to the next one, so a number alone does not tell whose descriptor it is.
 *
 * Kept in memory: after a restart of daxd a descriptor of a removed device counts as one of the
 * device that has its number now, which can only refuse more. The same holds for a process that
 * opened more since.
 */
export interface EndedLives {
  /** A device has gone; these hold it still. */
  end(device: NumberedDevice, users: readonly ProcessUse[]): void
  /** The numbers of earlier devices of this name that somebody held at their end. */
  numbersOf(chardev: string): readonly NumberedDevice[]
  /** True when all the process holds of this number it held at the end of an earlier life. */
  isOfEnded(device: NumberedDevice, use: ProcessUse): boolean
  /**
   * Forgets who has let go since; `device` is one that {@link numbersOf} has given before the look.
   * A life that has ended since, with the same number, was not looked at.
   */
  keepOnly(device: NumberedDevice, users: readonly ProcessUse[]): void
}

export interface NumberedDevice {
  readonly chardev: string
  readonly major: number
  readonly minor: number
}

/** No life has ended yet; what ended before a restart of daxd is not known. */
export function createEndedLives(): EndedLives {
  const lives = new Map<string, { device: NumberedDevice; held: Map<number, Held> }>()
  const keyOf = ({ chardev, major, minor }: NumberedDevice) => `${chardev} ${major}:${minor}`
  return {
    end(device, users) {
      if (users.length === 0) return
      const held = new Map(users.map((use) => [use.pid, use]))
      lives.set(keyOf(device), { device, held })
    },
    numbersOf(chardev) {
      const known = [...lives.values()].map(({ device }) => device)
      return known.filter((device) => device.chardev === chardev)
    },
    isOfEnded({ major, minor }, use) {
      return [...lives.values()].some(({ device, held }) => {
        const before = held.get(use.pid)
        if (before === undefined || device.major !== major || device.minor !== minor) return false
        return isWithin(use, before)
      })
    },
    keepOnly(device, users) {
      const life = lives.get(keyOf(device))
      if (life?.device !== device) return
      const pids = new Set(users.map(({ pid }) => pid))
      for (const pid of life.held.keys()) if (!pids.has(pid)) life.held.delete(pid)
      if (life.held.size === 0) lives.delete(keyOf(device))
    },
  }
}

/**
 * A descriptor's number is given again to the next file that the process opens; the inode of its
 * node is not, where the node went with the device (devtmpfs). Source: fs/inode.c `get_next_ino`.
 */
function isWithin(now: Held, before: Held): boolean {
  const maps = new Set(before.mapped.map(({ offset, length }) => `${offset}+${length}`))
  return (
    now.inodes.every((inode) => before.inodes.includes(inode)) &&
    now.fds.every((fd) => before.fds.includes(fd)) &&
    now.mapped.every(({ offset, length }) => maps.has(`${offset}+${length}`))
  )
}
