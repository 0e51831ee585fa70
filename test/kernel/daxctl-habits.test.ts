/**
 * The hands of an engineer who knows daxctl: the same lines, typed to daxctl and ndctl in the guest
 * and to daxd's command line, which speaks to the daemon there. What is let differ is said here,
 * and with its reason in docs/cli.md.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cliAt } from '../cli/support/run-daxd.ts'
import { connectGuest } from './rig/guest.ts'
import { HMEM, sysfsDax } from './rig/sysfs-dax.ts'
import { type DaxdHost, type KernelDaxd, openDaxdHost } from './support/daxd-host.ts'
import { ownGuest } from './support/own-guest.ts'

const MIB = 2 ** 20
type Fields = Readonly<Record<string, unknown>>

const guest = connectGuest(ownGuest())
const dax = sysfsDax(guest)
let daxd: DaxdHost

beforeAll(async () => {
  daxd = await openDaxdHost(guest)
})

afterAll(async () => {
  await daxd.end()
  guest.close()
})

/** One line that was typed, and what came of it. */
interface Typed {
  readonly code: number | string | null
  readonly stdout: string
  readonly stderr: string
}

type Tool = (line: string) => Promise<Typed>

const tool =
  (name: 'daxctl' | 'ndctl'): Tool =>
  (line) =>
    guest.run(`${name} ${line}`)

const ours: Tool = (line) => cliAt(guest.url)(...line.split(' '))

/** The value without the order that libdaxctl happens to list things in. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (!Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, sorted(one)]))
  }
  const byText = (one: unknown): string => JSON.stringify(one, Object.keys(one as object).sort())
  return value.map(sorted).sort((left, right) => byText(left).localeCompare(byText(right)))
}

const jsonOf = ({ stdout }: Typed): unknown => (stdout === '' ? null : sorted(JSON.parse(stdout)))

const place = (atMib: number, sizeMib: number) => {
  const start = HMEM.start + atMib * MIB
  return { start, end: start + sizeMib * MIB - 1 }
}

async function populate(): Promise<KernelDaxd> {
  const api = await daxd.fresh()
  const { hmem, pmem } = await api.regions()
  await api.makeNamespace({ name: 'plain', region: hmem, size: 16 * MIB })
  const { chardev } = await api.makeNamespace({ name: 'off', region: hmem, size: 32 * MIB })
  await api.makeNamespace({ name: 'last', region: hmem, size: 8 * MIB, align: 4096 })
  await api.act(`/v1/devices/${chardev}/disable`)
  // Nobody's, and in two pieces.
  await dax.create(2 * MIB, [place(200, 8), place(300, 4)])
  await api.makeNamespace({ name: 'mem', region: pmem, size: 64 * MIB, memmap: 'mem' })
  await api.makeNamespace({ name: 'dev', region: pmem, size: 32 * MIB, align: 4096 })
  await api.get('/v1/reconciliation')
  return api
}

/** What each line prints when typed to a tool: all in one call, since each takes a while here. */
async function printedBy(lines: readonly string[]): Promise<Typed[]> {
  const script = lines.map((line) => `${line}; echo "== $?"`).join('\n')
  const parts = (await guest.sh(script)).split(/== (\d+)\n/)
  return lines.map((_, at) => {
    return { stdout: parts[2 * at] ?? '', code: Number(parts[2 * at + 1]), stderr: '' }
  })
}

test('listings are the same, field by field, with any of the flags', async () => {
  const api = await populate()
  const { hmem, pmem } = await api.regions()
  const flags = [
    ...['', '-R', '-D', '-RD', '-RDM', '-RDMi', '-RDMiu', '-Mu', '-i'],
    ...[`-r ${hmem} -D`, `-r region${hmem}`, `-d dax${hmem}.0 -u`, `-d ${hmem}.0`, '-d nosuch'],
  ]
  const lines = flags.map((some) => `list ${some}`.trim())
  const theirs = await printedBy(lines.map((line) => `daxctl ${line}`))
  const own = await Promise.all(lines.map(ours))
  const told = (typed: readonly Typed[]) =>
    lines.map((line, at) => ({ line, code: typed[at]?.code, json: jsonOf(typed[at] as Typed) }))
  expect(told(own)).toEqual(told(theirs))

  const ofNdctl = ['-N', `-RN -r region${pmem}`, `-RNu -r region${pmem}`, `-n namespace${pmem}.0`]
  const namespaceLines = ofNdctl.map((some) => `list ${some}`)
  const ndctl = await printedBy(namespaceLines.map((line) => `ndctl ${line}`))
  // Namespaces of dynamic regions are daxd's alone, so they are left out here.
  const ourNamespaces = namespaceLines.map((line) =>
    ours(line.includes('-r') ? line : `${line} -N -r ${pmem}`),
  )
  const known = (typed: readonly Typed[]) =>
    typed.map((one, at) => ({ line: namespaceLines[at], json: withoutForeign(jsonOf(one)) }))
  expect(known(await Promise.all(ourNamespaces))).toEqual(known(ndctl))
  api.close()
})

/** daxd does not know these; and the uuid that ndctl shows is that of the info block. */
const NDCTL_ONLY = ['iset_id', 'persistence_domain', 'uuid', 'raw_uuid']

function withoutForeign(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(withoutForeign)
  const kept = Object.entries(value).filter(([key]) => !NDCTL_ONLY.includes(key))
  return Object.fromEntries(kept.map(([key, one]) => [key, withoutForeign(one)]))
}

/** What is typed; `A` and `B` stand for the devices that were created, in order. */
type Session = readonly string[]

/** Types a session; what the tool said of each line, devices by their order of creation. */
async function type(session: Session, own: Tool) {
  const made: string[] = []
  const told: unknown[] = []
  const rename = (text: string): string =>
    made.reduce((line, chardev, at) => line.replaceAll(chardev, 'AB'[at] ?? '?'), text)
  for (const line of session) {
    const typed = line.replace(/\b[AB]\b/, (name) => made['AB'.indexOf(name)] ?? name)
    const { code, stdout, stderr } = await own(typed)
    if (line.startsWith('create-device') && code === 0) made.push(JSON.parse(stdout)[0].chardev)
    const json = stdout === '' ? null : sorted(JSON.parse(rename(stdout)))
    // Errors are worded otherwise, and their numbers are others; the count is the last line.
    told.push({ line, isDone: code === 0, json, count: stderr.trim().split('\n').at(-1) ?? '' })
  }
  return told
}

async function sideBySide(sessionOf: (hmem: number) => Session) {
  const api = await daxd.fresh()
  const { hmem } = await api.regions()
  api.close()
  await daxd.stop()
  const session = sessionOf(hmem)
  const theirs = await type(session, tool('daxctl'))
  ;(await daxd.fresh()).close()
  return { theirs, own: await type(session, ours) }
}

test('a session is typed unchanged: devices made, listed, resized, enabled, destroyed', async () => {
  const { theirs, own } = await sideBySide((hmem) => [
    `create-device -r ${hmem} -s 64M`,
    `create-device -r ${hmem} -s 128M -a 4K`,
    'list -DM',
    'destroy-device A',
    'disable-device A',
    'disable-device A',
    'list -d A',
    'reconfigure-device -s 32M A',
    'list -d A -u',
    'reconfigure-device -m devdax A',
    'enable-device A',
    'list',
    `enable-device dax${hmem}.77`,
    'disable-device A',
    'destroy-device A',
    'disable-device B',
    `list -r ${hmem} -D`,
    'enable-device B',
    'destroy-device -f B',
    'list',
    `create-device -r ${hmem} -s 99G`,
  ])
  expect(own).toEqual(theirs)
})

/** daxctl counts memory blocks, which the contract does not tell. */
function withoutBlocks(told: readonly unknown[]): unknown {
  const names = ['online_memblocks', 'total_memblocks', 'movable']
  const strip = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(strip)
    const kept = Object.entries(value).filter(([name]) => !names.includes(name))
    return Object.fromEntries(kept.map(([name, one]) => [name, strip(one)]))
  }
  return strip(told)
}

test('memory is put online and offline by the same lines, and says so in the same words', async () => {
  await guest.sh('modprobe kmem')
  // Under another policy daxctl refuses system-ram without --force, and daxd goes on (docs/cli.md).
  await guest.sh('echo offline > /sys/devices/system/memory/auto_online_blocks')
  const { theirs, own } = await sideBySide((hmem) => [
    `create-device -r ${hmem} -s 256M`,
    'reconfigure-device -m system-ram A',
    'online-memory A',
    'reconfigure-device -m devdax A',
    'offline-memory A',
    'offline-memory A',
    'online-memory A',
    'reconfigure-device -m devdax -f A',
    'list -d A',
    'destroy-device -f A',
  ])
  expect(withoutBlocks(own as Fields[])).toEqual(withoutBlocks(theirs as Fields[]))
})
