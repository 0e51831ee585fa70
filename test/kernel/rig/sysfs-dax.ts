import type { Guest } from './guest.ts'

/** The only range of memory that the rig's hmem region has: 1 GiB at 1 GiB. */
export const HMEM = { start: 2 ** 30, size: 2 ** 30 } as const

/** `[start, end]`, physical, end inclusive, as sysfs and `api.md` write it. */
export interface PhysicalRange {
  readonly start: number
  readonly end: number
}

/** Devices of the guest by sysfs and ndctl alone, for tests that daxd has no part in. */
export interface SysfsDax {
  /** Frees the whole hmem region, whatever the kernel or an earlier test left in it. */
  emptyHmem(): Promise<void>
  /** Makes an enabled device of exactly these ranges; answers its name. */
  create(align: number, ranges: readonly PhysicalRange[]): Promise<string>
  disable(chardev: string): Promise<void>
  enable(chardev: string): Promise<void>
  /** Makes an enabled devdax namespace on the NVDIMM; answers its device's name. */
  createPmem(options: { size: string; align: string; map: 'mem' | 'dev' }): Promise<string>
  /** Takes all namespaces off the NVDIMM and gives it fresh labels. */
  emptyPmem(): Promise<void>
  size(chardev: string): Promise<number>
  /** The error of one write(2) to a file of sysfs, as the shell words it; empty for success. */
  store(text: string, path: string): Promise<string>
}

const BUS = '/sys/bus/dax'
const DRIVER = `${BUS}/drivers/device_dax`

export function sysfsDax(guest: Guest): SysfsDax {
  const sh = async (command: string) => (await guest.sh(command)).trim()

  /** On 6.12 a device of hmem is kmem's until device_dax has been told its name. */
  const bind = (device: string) =>
    `{ echo ${device} > ${DRIVER}/bind || echo ${device} > ${DRIVER}/new_id; } 2>/dev/null
     test -e ${BUS}/devices/${device}/driver`
  const unbind = (device: string) =>
    `d=${BUS}/devices/${device}; test ! -e $d/driver || echo ${device} > $d/driver/unbind`

  return {
    async emptyHmem() {
      await sh(`R=/sys/devices/platform/hmem.*/dax_region
        for path in /sys/devices/platform/hmem.*/dax*.*; do
          D=\${path##*/}; ${unbind('$D')}
          echo 0 > $path/size
          case $D in *.0) ;; *) echo $D > $(echo $R)/delete ;; esac
        done`)
    },
    async create(align, ranges) {
      const places = ranges
        .map(({ start, end }) => `echo ${start.toString(16)}-${end.toString(16)} > $V/mapping`)
        .join('\n')
      return sh(`set -e; R=$(echo /sys/devices/platform/hmem.*/dax_region)
        echo 1 > $R/create; D=$(cat $R/create); V=${BUS}/devices/$D
        echo ${align} > $V/align
        ${places}
        ${bind('$D')}
        echo $D`)
    },
    async disable(chardev) {
      // The driver would take it back as soon as it is told another name (new_id).
      await sh(`echo ${chardev} > ${DRIVER}/unbind
        echo ${chardev} > ${DRIVER}/remove_id 2>/dev/null; true`)
    },
    enable: async (chardev) => void (await sh(bind(chardev))),
    async createPmem({ size, align, map }) {
      const made = await sh(`ndctl create-namespace -m devdax -s ${size} -a ${align} -M ${map}`)
      return (JSON.parse(made) as { daxregion: { devices: [{ chardev: string }] } }).daxregion
        .devices[0].chardev
    },
    async emptyPmem() {
      await sh(`ndctl destroy-namespace -f all >/dev/null 2>&1
        ndctl disable-region all && ndctl zero-labels all && ndctl init-labels -f all &&
        ndctl enable-region all`)
    },
    size: async (chardev) => Number(await sh(`cat ${BUS}/devices/${chardev}/size`)),
    store: async (text, path) =>
      (await guest.run(`echo ${text} > ${path}`)).stderr.split(': ').at(-1)?.trim() ?? '',
  }
}
