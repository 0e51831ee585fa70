import { z } from 'zod'
import { DEVICE_STATES, MEMMAPS, MODES } from '../src/core/vocabulary.ts'
import * as common from './common.ts'
import { ledgerHolder, otherHolders } from './holder.ts'
import { regionIdInput } from './region.ts'

export const deviceView = z
  .object({
    chardev: z.string(),
    region: z.int(),
    namespace: z.string().nullable().describe('Null when someone else made the device.'),
    path: z.string(),
    major: z.int(),
    minor: z.int(),
    size: common.bytesOutput.describe('What can be mapped.'),
    align: common.alignOutput,
    memmap: z.enum(MEMMAPS),
    mode: z.enum(MODES),
    target_node: z.int(),
    state: z.enum(DEVICE_STATES),
    generation: common.generationOutput.describe('Grows with every enable; 0 before the first.'),
    ranges: z.array(common.rangeOutput),
    refs: z
      .object({ handles: z.int().min(0), mappings: z.int().min(0) })
      .describe('What holds the device, whatever its generation.'),
    drift: z.string().nullable().describe('How the host differs from what daxd wants.'),
    observed: z
      .array(common.processOutput)
      .exactOptional()
      .describe('Processes that really have it open or mapped.'),
    revoked: common.revokedOutput.exactOptional(),
    tenant: common.tenantOutput,
    ...common.storedFields,
  })
  .meta({ id: 'Device', description: 'Live state of a device.' })
export type DeviceView = z.output<typeof deviceView>

const observedUser = z
  .object({
    pid: z.int(),
    comm: z.string(),
    cgroup: z.string().nullable(),
    container_id: z.string().nullable(),
    pod_uid: z.string().nullable(),
    fds: z.array(z.int()),
    mapped: z.array(z.object({ offset: common.bytesOutput, length: common.bytesOutput })),
    stale: z.boolean().describe('It holds an ended life of the name.'),
  })
  .meta({ id: 'ObservedUser', description: 'A process that really has the device.' })

/** The ledger's holders and the host's processes side by side. */
export const deviceUsersView = z
  .object({
    chardev: z.string(),
    generation: common.generationOutput,
    holders: z
      .array(z.union([ledgerHolder, otherHolders]))
      .describe('Handles and mappings in the ledger.'),
    processes: z.array(observedUser),
    complete: z.boolean().describe('False when some processes could not be read.'),
  })
  .meta({ id: 'DeviceUsers' })
export type DeviceUsersView = z.output<typeof deviceUsersView>

export const devicePage = common.pageOf(deviceView)
export const deviceParams = z.strictObject({ chardev: common.identifier })

const observed = common.booleanText
  .exactOptional()
  .describe('Look at the processes of the host, too.')

export const deviceListQuery = z.strictObject({
  ...common.pageQueryFields,
  region: common.decimalText(regionIdInput).exactOptional(),
  namespace: common.identifier.exactOptional(),
  state: z.enum(DEVICE_STATES).exactOptional().describe('`removed` is listed only when asked for.'),
  idle: common.booleanText
    .exactOptional()
    .describe('Show the empty slots of dynamic regions, too.'),
  observed,
})
export type DeviceListQuery = z.output<typeof deviceListQuery>

export const deviceQuery = z.strictObject({
  generation: common
    .decimalText(z.int().min(0))
    .exactOptional()
    .describe('An older, removed bearer of the name.'),
  observed,
})

/** Query of the users of a device. */
export const deviceUsersQuery = deviceQuery.pick({ generation: true })
export type DeviceQuery = z.output<typeof deviceQuery>
