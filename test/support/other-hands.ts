/** What other hands than daxd's do to the emulated host of a test's daemon. */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { TestDaemon } from './start-test-daemon.ts'

const MIB = 2 ** 20

type Host = Pick<TestDaemon, 'directory'>

/** The file that says what a device is. */
const recordOf = ({ directory }: Host, chardev: string): string =>
  join(directory, 'host', `${chardev}.json`)

/** Takes a device off the host with all its files, as no call of daxd's would. */
export function steal(api: Host, chardev: string): void {
  rmSync(recordOf(api, chardev))
  for (const folder of ['dev', 'off', 'old']) {
    for (const name of readdirSync(join(api.directory, folder))) {
      if (name.startsWith(chardev)) rmSync(join(api.directory, folder, name))
    }
  }
}

/** Changes what the host says of a device. */
export function rewrite(
  api: Host,
  chardev: string,
  change: (record: Record<string, unknown>) => object,
): void {
  const path = recordOf(api, chardev)
  const record = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(path, JSON.stringify({ ...record, ...change(record) }))
}

/** A device somebody else made: a record and its sparse data, where nothing of daxd's is. */
export function strange(api: Host, region: number, base: number, name = `dax${region}.7`): string {
  const extent = { start: base + 64 * MIB, size: 4 * MIB }
  const device = {
    chardev: name,
    region,
    name: null,
    uuid: null,
    align: 2 * MIB,
    memmap: 'mem',
    mode: 'devdax',
    extents: [extent],
    ranges: [{ offset: 0, ...extent }],
    enabled: false,
    fenced: false,
    minor: 77,
    serial: 1,
  }
  writeFileSync(recordOf(api, name), JSON.stringify(device))
  writeFileSync(join(api.directory, 'off', name), Buffer.alloc(4 * MIB))
  return name
}
