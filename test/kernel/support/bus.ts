import type { Guest } from '../rig/guest.ts'

/** A device as sysfs shows it. */
export interface BusEntry {
  readonly chardev: string
  readonly size: number
  readonly align: number
  readonly driver: string | null
}

const LOOK = `cd /sys/bus/dax/devices && for d in *; do
  test -e $d || continue
  driver=-; test -e $d/driver && driver=$(basename $(readlink $d/driver))
  echo $d $(cat $d/size) $(cat $d/align) $driver
done`

/** Every device of the dax bus, by sysfs alone. */
export async function readBus(guest: Guest): Promise<BusEntry[]> {
  const lines = (await guest.sh(LOOK)).trim().split('\n')
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const [chardev = '', size, align, driver = '-'] = line.split(' ')
      return {
        ...{ chardev, size: Number(size), align: Number(align) },
        driver: driver === '-' ? null : driver,
      }
    })
}
