/**
 * A sysfs tree in a directory of its own, with the kernel's rules for what is written to it:
 * drivers/dax/bus.c as `device-dax.md` section 7 and the recorded errnos of 6.1 tell them.
 */
import {
  mkdir,
  readdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { WriteSysfs } from '../../../src/backends/kernel/write-sysfs.ts'

const MIB = 2 ** 20
const PAGE = 4096
const MAJOR = 253
const BLOCK = 128 * MIB

interface Piece {
  readonly start: number
  readonly size: number
}

interface FakeDevice {
  readonly chardev: string
  readonly minor: number
  readonly directory: string
  align: number
  ranges: Piece[]
  driver: string | null
}

export interface FakeKernelOptions {
  /** The region's memory, bytes. */
  readonly start: number
  readonly size: number
  /** As since 6.3: device_dax takes a dynamic device only by name. */
  readonly kmemIsDefault?: boolean
  readonly kmemLoaded?: boolean
}

/** What was asked of the kernel, in order; and what it shall refuse. */
export interface FakeKernel {
  readonly sysRoot: string
  readonly procRoot: string
  readonly writes: string[]
  readonly write: WriteSysfs
  /** Fails the next write to an attribute of this name with this errno. */
  failNext(attribute: string, errno: string): void
  /** The next write to an attribute of this name never ends. */
  hangNext(attribute: string): void
  /** Names, sizes and drivers of all devices. */
  devices(): string[]
  stateOfBlock(block: string): Promise<string>
  /** Memory blocks that cannot go offline. */
  readonly pinned: Set<string>
}

export async function createFakeKernel(
  root: string,
  options: FakeKernelOptions,
): Promise<FakeKernel> {
  const sysRoot = join(root, 'sys')
  const procRoot = join(root, 'proc')
  const parent = join(sysRoot, 'devices/platform/hmem.0')
  const region = join(parent, 'dax_region')
  const bus = join(sysRoot, 'bus/dax')
  const memory = join(sysRoot, 'devices/system/memory')
  const devices = new Map<string, FakeDevice>()
  const ids: Record<string, Set<string>> = { device_dax: new Set(), kmem: new Set() }
  const faults = new Map<string, string>()
  const writes: string[] = []
  const pinned = new Set<string>()
  let youngest = ''
  let gone = 0

  const taken = () => [...devices.values()].flatMap((device) => device.ranges)
  const total = (pieces: readonly Piece[]) => pieces.reduce((sum, { size }) => sum + size, 0)
  const unit = (align: number) => Math.max(align, 2 * MIB)
  const hex = (value: number) => `0x${value.toString(16)}\n`
  const end = ({ start, size }: Piece) => start + size

  /** Kept elsewhere, so that its inode is never another file's: in sysfs none is. */
  async function takeAway(directory: string, name: string): Promise<void> {
    await mkdir(join(root, 'gone'), { recursive: true })
    gone += 1
    await rename(join(directory, name), join(root, 'gone', String(gone)))
  }

  async function show(device: FakeDevice): Promise<void> {
    const { directory, align, ranges, minor, driver } = device
    const link = await readlink(join(directory, 'driver')).catch(() => null)
    const wanted = driver === null ? null : join(bus, 'drivers', driver)
    if (link !== null && link !== wanted) await takeAway(directory, 'driver')
    for (const name of await readdir(directory)) {
      const [, index] = /^mapping(\d+)$/.exec(name) ?? []
      if (index === undefined) continue
      const start = await readFile(join(directory, name, 'start'), 'utf8')
      if (start !== hex(ranges[Number(index)]?.start ?? Number.NaN)) await takeAway(directory, name)
    }
    const put = (path: string, text: string) => writeFile(join(directory, path), text)
    await put('size', `${total(ranges)}\n`)
    await put('align', `${align}\n`)
    await put('resource', hex(ranges[0]?.start ?? options.start))
    await put('dev', `${MAJOR}:${minor}\n`)
    await put('numa_node', '0\n')
    await put('target_node', '2\n')
    await put('mapping', '')
    let pages = 0
    for (const [index, range] of ranges.entries()) {
      await mkdir(join(directory, `mapping${index}`), { recursive: true })
      await put(`mapping${index}/start`, hex(range.start))
      await put(`mapping${index}/end`, hex(end(range) - 1))
      await put(`mapping${index}/page_offset`, hex(pages))
      pages += range.size / PAGE
    }
    if (wanted !== null && link !== wanted) await symlink(wanted, join(directory, 'driver'))
    await writeFile(join(region, 'available_size'), `${options.size - total(taken())}\n`)
    await writeFile(join(region, 'create'), `${youngest}\n`)
  }

  async function add(chardev: string, ranges: Piece[], driver: string | null): Promise<void> {
    const directory = join(parent, chardev)
    const minors = new Set([...devices.values()].map(({ minor }) => minor))
    let minor = 1
    while (minors.has(minor)) minor += 1
    await mkdir(directory, { recursive: true })
    await symlink(directory, join(bus, 'devices', chardev))
    const device = { chardev, minor, directory, align: 2 * MIB, ranges, driver }
    devices.set(chardev, device)
    await show(device)
  }

  function freeIn(pieces: readonly Piece[]): Piece[] {
    const gaps: Piece[] = []
    let at = options.start
    for (const piece of [...pieces].sort((left, right) => left.start - right.start)) {
      if (piece.start > at) gaps.push({ start: at, size: piece.start - at })
      at = end(piece)
    }
    const last = options.start + options.size
    if (at < last) gaps.push({ start: at, size: last - at })
    return gaps
  }

  async function create(value: string): Promise<void> {
    if (value !== '1') throw errno('EINVAL')
    if (total(taken()) === options.size) throw errno('ENOSPC')
    let id = 0
    while (devices.has(`dax0.${id}`)) id += 1
    youngest = `dax0.${id}`
    await add(youngest, [], null)
  }

  async function remove(chardev: string): Promise<void> {
    const device = devices.get(chardev)
    if (device === undefined) throw errno('ENXIO')
    if (device.driver !== null || device.ranges.length > 0) throw errno('EBUSY')
    if (chardev === 'dax0.0') throw errno('EBUSY')
    devices.delete(chardev)
    if (youngest === chardev) youngest = ''
    await unlink(join(bus, 'devices', chardev))
    await rm(device.directory, { recursive: true })
  }

  async function resize(device: FakeDevice, value: string): Promise<void> {
    const size = Number(value)
    if (!Number.isSafeInteger(size) || size % unit(device.align) !== 0) throw errno('EINVAL')
    if (device.driver !== null) throw errno('EBUSY')
    let more = size - total(device.ranges)
    if (more > options.size - total(taken())) throw errno('ENOSPC')
    while (more < 0) {
      const last = device.ranges.pop()
      if (last === undefined) break
      if (last.size > -more) device.ranges.push({ start: last.start, size: last.size + more })
      more += Math.min(last.size, -more)
    }
    for (const gap of freeIn(taken())) {
      const size = Math.min(gap.size, more)
      if (size <= 0) break
      device.ranges.push({ start: gap.start, size })
      more -= size
    }
    await show(device)
  }

  async function setAlign(device: FakeDevice, value: string): Promise<void> {
    const align = Number(value)
    if (!Number.isInteger(align)) throw errno('ENXIO')
    if (![PAGE, 2 * MIB, 1024 * MIB].includes(align)) throw errno('EINVAL')
    if (device.driver !== null) throw errno('EBUSY')
    if (device.ranges.some(({ size }) => size % unit(align) !== 0)) throw errno('EINVAL')
    device.align = align
    await show(device)
  }

  async function map(device: FakeDevice, value: string): Promise<void> {
    const match = /^(?:0x)?([0-9a-f]+)-(?:0x)?([0-9a-f]+)$/.exec(value)
    if (match === null) throw errno('EINVAL')
    const start = Number.parseInt(match[1] ?? '', 16)
    const size = Number.parseInt(match[2] ?? '', 16) - start + 1
    if (size % unit(device.align) !== 0) throw errno('ENXIO')
    const whole = { start: options.start, size: options.size }
    const isOutside = start < whole.start || start + size > end(whole)
    const hit = taken().some((piece) => start < end(piece) && piece.start < start + size)
    if (isOutside || hit) throw errno('ENOMEM')
    device.ranges.push({ start, size })
    await show(device)
  }

  function matches(driver: string, chardev: string): boolean {
    if (ids[driver]?.has(chardev)) return true
    return driver === (options.kmemIsDefault ? 'kmem' : 'device_dax')
  }

  async function attach(device: FakeDevice, driver: string): Promise<void> {
    if (device.ranges.length === 0) throw errno('ENXIO')
    const blocks = driver === 'kmem' ? blocksOf(device) : []
    if (driver === 'kmem' && blocks.length === 0) throw errno('EINVAL')
    for (const block of blocks) {
      await mkdir(join(memory, block), { recursive: true })
      await writeFile(join(memory, block, 'state'), 'offline\n')
    }
    device.driver = driver
    await show(device)
  }

  function blocksOf({ ranges }: FakeDevice): string[] {
    return ranges.flatMap((range) => {
      const first = Math.ceil(range.start / BLOCK)
      const count = Math.max(0, Math.floor(end(range) / BLOCK) - first)
      return Array.from({ length: count }, (_, index) => `memory${first + index}`)
    })
  }

  async function drive(driver: string, attribute: string, chardev: string): Promise<void> {
    const device = devices.get(chardev)
    if (attribute === 'remove_id') return void ids[driver]?.delete(chardev)
    if (attribute === 'new_id') {
      ids[driver]?.add(chardev)
      for (const other of devices.values()) {
        // What a probe answers is lost here.
        if (other.driver === null && matches(driver, other.chardev)) {
          await attach(other, driver).catch(() => undefined)
        }
      }
      return
    }
    if (device === undefined) throw errno('ENODEV')
    if (attribute === 'unbind') {
      if (device.driver !== driver) throw errno('ENODEV')
      const states = driver === 'kmem' ? blocksOf(device) : []
      for (const block of states) await rm(join(memory, block), { recursive: true })
      device.driver = null
      return show(device)
    }
    if (!matches(driver, chardev)) throw errno('ENODEV')
    if (device.driver !== null) throw errno('EBUSY')
    await attach(device, driver)
  }

  const write: WriteSysfs = async (path, value) => {
    const attribute = basename(path)
    const owner = basename(dirname(path))
    writes.push(`${owner}/${attribute} ${value}`)
    const fault = faults.get(attribute)
    faults.delete(attribute)
    if (fault === 'hang') return new Promise(() => undefined)
    if (fault !== undefined) throw errno(fault)
    const device = devices.get(owner)
    if (dirname(path) === region) return attribute === 'create' ? create(value) : remove(value)
    if (owner === 'driver') {
      const driver = devices.get(value)?.driver
      if (driver === null || driver === undefined) throw errno('ENOENT')
      return drive(driver, attribute, value)
    }
    if (owner in ids) return drive(owner, attribute, value)
    if (attribute === 'state') {
      if (value === 'offline' && pinned.has(owner)) throw errno('EBUSY')
      const state = value === 'offline' ? 'offline' : 'online'
      return writeFile(path, `${state}\n`)
    }
    if (device === undefined) throw errno('ENOENT')
    if (attribute === 'size') return resize(device, value)
    if (attribute === 'align') return setAlign(device, value)
    return map(device, value)
  }

  await mkdir(region, { recursive: true })
  await mkdir(join(bus, 'devices'), { recursive: true })
  await mkdir(join(bus, 'drivers/device_dax'), { recursive: true })
  if (options.kmemLoaded) {
    await mkdir(join(bus, 'drivers/kmem'), { recursive: true })
    await writeFile(join(bus, 'drivers/kmem/new_id'), '')
  }
  await mkdir(memory, { recursive: true })
  await writeFile(join(memory, 'block_size_bytes'), `${BLOCK.toString(16)}\n`)
  await mkdir(join(sysRoot, 'kernel/mm/transparent_hugepage'), { recursive: true })
  await writeFile(join(sysRoot, 'kernel/mm/transparent_hugepage/enabled'), 'always\n')
  await writeFile(join(region, 'id'), '0\n')
  await writeFile(join(region, 'size'), `${options.size}\n`)
  await writeFile(join(region, 'align'), `${2 * MIB}\n`)
  await mkdir(join(procRoot, 'sys/kernel/random'), { recursive: true })
  await writeFile(join(procRoot, 'sys/kernel/random/boot_id'), 'boot-1\n')
  await writeFile(join(procRoot, 'cpuinfo'), 'flags\t\t: fpu pdpe1gb\n')
  const last = (options.start + options.size - 1).toString(16)
  await writeFile(join(procRoot, 'iomem'), `${options.start.toString(16)}-${last} : hmem.0\n`)
  await add('dax0.0', [], null)

  return {
    sysRoot,
    procRoot,
    writes,
    write,
    pinned,
    failNext: (attribute, code) => void faults.set(attribute, code),
    hangNext: (attribute) => void faults.set(attribute, 'hang'),
    devices: () =>
      [...devices.values()].map(({ chardev, ranges, driver }) => {
        return `${chardev} ${total(ranges) / MIB}M ${driver ?? 'unbound'}`
      }),
    stateOfBlock: async (block) => (await readFile(join(memory, block, 'state'), 'utf8')).trim(),
  }
}

/** As node rejects for a failed write(2). */
function errno(code: string): Error {
  return Object.assign(new Error(`${code}: write`), { code, syscall: 'write' })
}
