import type { Api } from '../../support/api.ts'
import type { Guest } from '../rig/guest.ts'
import { HMEM, type PhysicalRange, sysfsDax } from '../rig/sysfs-dax.ts'
import type { HeldWindow, Subject } from './subject.ts'

const MIB = 2 ** 20
const ALIGN_4K = 4096
const ALIGN_2M = 2 * MIB
/** Longer than any run: the device shall drain until the end. */
const DRAIN_MS = 900_000

interface Plan {
  readonly label: string
  readonly align: number
  readonly state: Subject['state']
  /** Exact places on the hmem region, or a namespace of the NVDIMM. */
  readonly place:
    | { readonly kind: 'hmem'; readonly ranges: readonly PhysicalRange[] }
    | { readonly kind: 'pmem'; readonly sizeMib: number; readonly memmap: 'mem' | 'dev' }
  /** Opened, disabled and enabled before anything else: it has handles of an earlier generation. */
  readonly stale?: true
}

const at = (offsetMib: number, sizeMib: number): PhysicalRange => {
  const start = HMEM.start + offsetMib * MIB
  return { start, end: start + sizeMib * MIB - 1 }
}
const hmem = (...ranges: PhysicalRange[]) => ({ kind: 'hmem', ranges }) as const

const PLANS: readonly Plan[] = [
  { label: 'hmem-2m', align: ALIGN_2M, state: 'enabled', place: hmem(at(0, 16)), stale: true },
  { label: 'hmem-4k', align: ALIGN_4K, state: 'enabled', place: hmem(at(16, 4)), stale: true },
  { label: 'hmem-2m-ranges', align: ALIGN_2M, state: 'enabled', place: hmem(at(32, 4), at(64, 6)) },
  { label: 'hmem-4k-ranges', align: ALIGN_4K, state: 'enabled', place: hmem(at(72, 2), at(40, 2)) },
  {
    ...{ label: 'pmem-2m-mem', align: ALIGN_2M, state: 'enabled' },
    place: { kind: 'pmem', sizeMib: 64, memmap: 'mem' },
  },
  {
    ...{ label: 'pmem-4k-dev', align: ALIGN_4K, state: 'enabled' },
    place: { kind: 'pmem', sizeMib: 16, memmap: 'dev' },
  },
  { label: 'hmem-2m-off', align: ALIGN_2M, state: 'disabled', place: hmem(at(80, 4)) },
  { label: 'hmem-4k-off', align: ALIGN_4K, state: 'disabled', place: hmem(at(88, 2)) },
  { label: 'hmem-2m-draining', align: ALIGN_2M, state: 'draining', place: hmem(at(96, 4)) },
]

export interface StageOptions {
  readonly api: Api
  readonly guest: Guest
  /**
   * `kernel`: daxd makes the real devices itself. `emulated`: daxd has files of the same geometry,
   * and the rig makes the real devices beside it.
   */
  readonly backend: 'emulated' | 'kernel'
}

/** Makes the devices that the differential test asks about, in daxd and in the kernel. */
export async function stageSubjects(options: StageOptions): Promise<Subject[]> {
  const subjects: Subject[] = []
  for (const plan of PLANS) subjects.push(await stageOne(options, plan))
  return subjects
}

/** What the emulated host must be given to look like this guest. */
export function guestTopology(nvdimm: { readonly start: number; readonly size: number }): object {
  return {
    regions: [
      { id: 0, kind: 'dynamic', ...HMEM, align: ALIGN_2M, memmap: 'mem' },
      { id: 1, kind: 'static', ...nvdimm, align: ALIGN_2M },
    ],
  }
}

interface DeviceView {
  readonly chardev: string
  readonly path: string
  readonly size: number
  readonly align: number
  readonly ranges: readonly { readonly page_offset: number }[]
}

async function stageOne({ api, guest, backend }: StageOptions, plan: Plan): Promise<Subject> {
  const { label, align, state } = plan
  const dax = sysfsDax(guest)
  const { chardev } = await makeNamespace(api, plan)
  const device = (await api.get(`/v1/devices/${chardev}`)) as DeviceView
  const real = backend === 'kernel' ? chardev : await makeReal(guest, plan)
  const realSize = await dax.size(real)
  if (realSize !== device.size || device.align !== align) {
    const told = `${device.size} bytes by ${device.align}`
    throw new Error(`${label}: daxd says ${told}, the kernel ${realSize} by ${align}`)
  }
  const stale = plan.stale === undefined ? undefined : await open(api, chardev, 'rw')
  if (stale !== undefined) {
    await api.act(`/v1/devices/${chardev}/disable`, { if_busy: 'revoke' })
    await api.act(`/v1/devices/${chardev}/enable`)
  }
  const rw = await open(api, chardev, 'rw')
  const ro = await open(api, chardev, 'ro')
  const held = await hold(api, rw, device)
  if (state === 'draining') {
    await api.ok('post', `/v1/devices/${chardev}/disable`, 202, {
      body: { if_busy: 'drain', timeout_ms: DRAIN_MS },
    })
  }
  if (state === 'disabled') {
    await api.act(`/v1/devices/${chardev}/disable`, { if_busy: 'revoke' })
    if (backend === 'emulated') await dax.disable(real)
  }
  return {
    ...{ label, chardev, align, state },
    path: `/dev/${real}`,
    size: device.size,
    seams: device.ranges.slice(1).map(({ page_offset }) => page_offset * ALIGN_4K),
    handles: { rw, ro, ...(stale === undefined ? {} : { stale }) },
    // A mapping that was revoked holds no place any more.
    held: state === 'disabled' ? [] : held,
  }
}

async function makeNamespace(api: Api, { label, align, place }: Plan) {
  const { items } = (await api.get('/v1/regions')) as {
    items: readonly { id: number; kind: string }[]
  }
  const kind = place.kind === 'hmem' ? 'dynamic' : 'static'
  const region = items.find((item) => item.kind === kind)?.id
  const body = {
    ...{ name: `differential-${label}`, region, align },
    ...(place.kind === 'hmem'
      ? { ranges: place.ranges }
      : { size: place.sizeMib * MIB, memmap: place.memmap }),
  }
  const headers = { prefer: 'wait=60' }
  return (await api.ok('post', '/v1/namespaces', 201, { body, headers })) as { chardev: string }
}

async function makeReal(guest: Guest, { align, place }: Plan): Promise<string> {
  const dax = sysfsDax(guest)
  if (place.kind === 'hmem') return dax.create(align, place.ranges)
  const size = `${place.sizeMib}M`
  return dax.createPmem({ size, align: align === ALIGN_4K ? '4K' : '2M', map: place.memmap })
}

async function open(api: Api, chardev: string, access: 'rw' | 'ro'): Promise<string> {
  const body = { holder: 'differential', access }
  return ((await api.make(`/v1/devices/${chardev}/handles`, body)) as { id: string }).id
}

/** One exclusive window and one shared one, for requests to run into. */
async function hold(api: Api, handle: string, { size, align }: DeviceView): Promise<HeldWindow[]> {
  const held = [
    { offset: align, length: align, exclusive: true },
    ...(size > 2 * align ? [{ offset: size - align, length: align, exclusive: false }] : []),
  ]
  for (const window of held) await api.make('/v1/mappings', { handle, ...window })
  return held
}
