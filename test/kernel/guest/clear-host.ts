import { execFileSync } from 'node:child_process'
import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  writeFileSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'

const DAX_DEVICES = '/sys/bus/dax/devices'
const ND_DEVICES = '/sys/bus/nd/devices'
const ND_REGION_DRIVER = '/sys/bus/nd/drivers/nd_region'
const MEMORY = '/sys/devices/system/memory'
/** Source: include/uapi/linux/ndctl.h; a region of any other type has no labels. */
const LABELLED_NSTYPE = '5'

const LABEL_ALL = `ndctl disable-region all && ndctl zero-labels all &&
  ndctl init-labels -f all && ndctl enable-region all`

/**
 * Gives all dax memory of the guest back, so that the next daxd finds an empty host: the slot of
 * each dynamic region empty, each NVDIMM labelled and its next namespace the first. By sysfs where
 * that can do it, since a process takes as long in an emulated machine as all the rest.
 */
export function clearHost(): void {
  clearStatic()
  for (const chardev of readdirSync(DAX_DEVICES)) {
    const path = realpathSync(join(DAX_DEVICES, chardev))
    if (path.includes('/hmem.')) clearDynamic(path)
  }
}

function clearDynamic(path: string): void {
  const chardev = basename(path)
  const driver = join(path, 'driver')
  if (existsSync(driver)) {
    if (basename(readlinkSync(driver)) === 'kmem') takeOffline(path)
    writeFileSync(join(driver, 'unbind'), chardev)
  }
  writeFileSync(join(path, 'size'), '0')
  // The kernel never deletes the id 0.
  if (!chardev.endsWith('.0')) writeFileSync(join(dirname(path), 'dax_region/delete'), chardev)
}

/** Memory that is online when its driver goes cannot be had back before a reboot. */
function takeOffline(path: string): void {
  const block = Number.parseInt(readFileSync(join(MEMORY, 'block_size_bytes'), 'utf8'), 16)
  const start = Number(readFileSync(join(path, 'resource'), 'utf8'))
  const end = start + Number(readFileSync(join(path, 'size'), 'utf8'))
  for (let at = Math.ceil(start / block) * block; at + block <= end; at += block) {
    const state = join(MEMORY, `memory${at / block}`, 'state')
    if (existsSync(state)) writeFileSync(state, 'offline')
  }
}

function clearStatic(): void {
  const regions = readdirSync(ND_REGION_DRIVER).filter((name) => /^region\d+$/.test(name))
  if (regions.some((name) => read(ND_DEVICES, name, 'nstype') !== LABELLED_NSTYPE)) {
    execFileSync('sh', ['-c', LABEL_ALL], { stdio: 'pipe' })
  }
  if (namespaces().some((name) => Number(read(ND_DEVICES, name, 'size')) > 0)) {
    execFileSync('ndctl', ['destroy-namespace', '-f', 'all'], { stdio: 'pipe' })
  }
  if (namespaces().every((name) => name.endsWith('.0'))) return
  // Ids of namespaces only grow while their region has its driver.
  for (const name of regions) {
    writeFileSync(join(ND_REGION_DRIVER, 'unbind'), name)
    writeFileSync(join(ND_REGION_DRIVER, 'bind'), name)
  }
}

function namespaces(): string[] {
  return readdirSync(ND_DEVICES).filter((name) => name.startsWith('namespace'))
}

function read(...path: string[]): string {
  return readFileSync(join(...path), 'utf8').trim()
}
