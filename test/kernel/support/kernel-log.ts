import type { Guest } from '../rig/guest.ts'

/** A place in the kernel's log. */
export interface LogMark {
  /** Lines since then in which the kernel complains of itself. */
  complaints(): Promise<string[]>
}

let marks = 0

/** Marks the kernel's log by a line of its own, so that later lines can be told. */
export async function markKernelLog(guest: Guest): Promise<LogMark> {
  marks += 1
  const mark = `daxd-test mark ${process.pid}.${marks}`
  await guest.sh(`echo '${mark}' > /dev/kmsg`)
  return {
    async complaints() {
      const log = await guest.sh('dmesg')
      const since = log.slice(log.indexOf(mark))
      return since.split('\n').filter((line) => /\b(?:Oops|BUG:|WARNING:|refcount_t)/.test(line))
    },
  }
}
