import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import type { BusDevice } from './dax-bus.ts'
import { readBind } from './device-bind.ts'
import { HIDDEN_DIRECTORY, HIDDEN_DIRECTORY_MODE } from './device-nodes.ts'
import { nullIfGoneNow } from './host-errors.ts'
import { daxDevicePath } from './sysfs-paths.ts'

/** What is kept of a device; it holds for this boot and this bearer of the name. */
const noteSchema = z.object({
  boot: z.string(),
  bearer: z.string().nullable(),
  bind: z.string().nullable(),
  broken: z.boolean(),
})

type Note = z.infer<typeof noteSchema>

const SUFFIX = '.open-count'
const STAT = { bigint: true } as const

/**
 * Devices that were disabled and enabled while somebody had them open, which breaks the kernel's
 * count of their users. Such a device must not be deleted before a reboot: the kernel stumbles over
 * the list of its nodes then (`cd_forget`).
 *
 * Kept beside the nodes, so that a daxd that starts later knows them too; a note of another boot
 * or of an earlier bearer of the name counts for nothing.
 */
export interface OpenCounts {
  noteBroken(chardev: string): Promise<void>
  isBroken(chardev: string): Promise<boolean>
  /** Remembers the bind that daxd has just made, until daxd itself ends it. */
  noteBind(device: BusDevice): Promise<void>
  noteUnbind(chardev: string): Promise<void>
  /** True when the last bind of daxd was ended by others, as `daxctl disable-device` does. */
  isTouchedByOthers(device: BusDevice): Promise<boolean>
  /** The device is gone; the next bearer of the name begins anew. */
  forget(chardev: string): Promise<void>
}

export interface OpenCountsOptions {
  readonly sysRoot: string
  readonly procRoot: string
  readonly devRoot: string
}

/** Reads and keeps the notes of a host's devices below its `devRoot`; none before it is asked. */
export function createOpenCounts(options: OpenCountsOptions): OpenCounts {
  const directory = join(options.devRoot, HIDDEN_DIRECTORY)
  const pathOf = (chardev: string) => join(directory, `${chardev}${SUFFIX}`)
  let known: string | null = null
  /** A daxd does not outlive the boot that it began in. */
  const bootOf = (): string => {
    known ??= readFileSync(join(options.procRoot, 'sys/kernel/random/boot_id'), 'utf8').trim()
    return known
  }

  // Sysfs, procfs and the notes in /dev lie in memory: going through threads would cost more.
  function read(chardev: string): Note {
    const boot = bootOf()
    const directory = nullIfGoneNow(() => statSync(daxDevicePath(options, chardev), STAT))
    const bearer = directory?.ino.toString() ?? null
    const none: Note = { boot, bearer, bind: null, broken: false }
    const text = nullIfGoneNow(() => readFileSync(pathOf(chardev), 'utf8'))
    const note = text === null ? none : parseNote(text)
    return note?.boot === boot && note.bearer === bearer ? note : none
  }

  async function change(chardev: string, what: Partial<Note>): Promise<void> {
    mkdirSync(directory, { recursive: true, mode: HIDDEN_DIRECTORY_MODE })
    writeFileSync(pathOf(chardev), JSON.stringify({ ...read(chardev), ...what }))
  }

  return {
    noteBroken: (chardev) => change(chardev, { broken: true }),
    isBroken: async (chardev) => read(chardev).broken,
    noteBind: async (device) => change(device.chardev, { bind: bindOf(options, device) }),
    noteUnbind: (chardev) => change(chardev, { bind: null }),
    async isTouchedByOthers(device) {
      const { bind } = read(device.chardev)
      return bind !== null && bind !== bindOf(options, device)
    },
    forget: async (chardev) => rmSync(pathOf(chardev), { force: true }),
  }
}

/** A note that was cut short by a crash tells nothing. */
function parseNote(text: string): Note | null {
  try {
    return noteSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

function bindOf(host: OpenCountsOptions, { chardev }: BusDevice): string | null {
  return readBind(daxDevicePath(host, chardev))?.toString() ?? null
}
