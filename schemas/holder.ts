import { z } from 'zod'
import { bytesOutput, generationOutput, processOutput } from './common.ts'

/** A handle or a mapping in the ledger that holds a device. */
export const ledgerHolder = z
  .object({
    kind: z.enum(['handle', 'mapping']),
    id: z.string(),
    holder: z.string(),
    tenant: z.string().nullable().describe("Whose it is; null for the host's own."),
    chardev: z.string(),
    generation: generationOutput,
    offset: bytesOutput.exactOptional().describe('Of a mapping.'),
    length: bytesOutput.exactOptional().describe('Of a mapping.'),
  })
  .meta({ id: 'LedgerHolder' })
export type LedgerHolder = z.output<typeof ledgerHolder>

/** Those of whom the caller may not know. */
export const otherHolders = z
  .object({ kind: z.literal('others'), count: z.int().min(1) })
  .meta({ id: 'OtherHolders', description: 'Those of whom the caller may not know.' })

/** Somebody who keeps an object busy: in the ledger, or seen on the host. */
export const holderView = z
  .discriminatedUnion('kind', [
    ledgerHolder,
    processOutput.extend({ kind: z.literal('process') }),
    z.object({ kind: z.enum(['device', 'namespace', 'claim']), id: z.string() }),
    otherHolders,
  ])
  .meta({ id: 'Holder', description: 'Somebody who keeps an object busy.' })
export type HolderView = z.output<typeof holderView>
