import { z } from 'zod'
import { parseSize } from '../core/size-text.ts'
import { ALIGNS } from '../core/units.ts'
import { SHARINGS, WIPES } from '../core/vocabulary.ts'

const PARAMETERS_API_VERSION = 'daxd.io/v1'
const PARAMETERS_KIND = 'DaxParameters'

const ID_MAX = 4_294_967_294
const MODE_PATTERN = /^0[0-7]{3}$/

const alignText = z.union([z.int(), z.string()]).transform((value, context) => {
  const align = ALIGNS.find((known) => known === alignOf(value))
  if (align !== undefined) return align
  context.addIssue({ code: 'custom', message: 'must be 4Ki, 2Mi or 1Gi' })
  return z.NEVER
})

/** What a DeviceClass or a ResourceClaim may say to the driver beyond the size. */
const parametersInput = z.strictObject({
  apiVersion: z.literal(PARAMETERS_API_VERSION),
  kind: z.literal(PARAMETERS_KIND),
  align: alignText.exactOptional(),
  sharing: z.enum(SHARINGS).exactOptional(),
  wipe: z.enum(WIPES).exactOptional(),
  access: z.enum(['rw', 'ro']).exactOptional(),
  owner: z
    .strictObject({
      uid: z.int().min(0).max(ID_MAX).exactOptional(),
      gid: z.int().min(0).max(ID_MAX).exactOptional(),
      mode: z.string().regex(MODE_PATTERN, 'must be octal, as in "0660"').exactOptional(),
    })
    .exactOptional(),
})

/** Checked parameters; what is absent was not said. */
export type DraParameters = Omit<z.output<typeof parametersInput>, 'apiVersion' | 'kind'>

/** What was said, or the sentence that the pod's events shall carry. */
export type ParametersOutcome = { readonly parameters: DraParameters } | { readonly error: string }

/**
 * Reads the opaque parameters that apply to one request, those of the class before the claim's own:
 * of a key that is said twice the later one counts. Nothing unknown is passed over in silence.
 */
export function readParameters(texts: readonly unknown[]): ParametersOutcome {
  let parameters: DraParameters = {}
  for (const text of texts) {
    const checked = parametersInput.safeParse(text)
    if (!checked.success) {
      const issues = checked.error.issues.map(({ path, message }) =>
        path.length === 0 ? message : `${path.join('.')}: ${message}`,
      )
      const form = `apiVersion ${PARAMETERS_API_VERSION}, kind ${PARAMETERS_KIND}`
      return {
        error:
          `The opaque parameters are not right: ${issues.join('; ')}. They take ${form}, and any ` +
          'of align, sharing, wipe, access, owner. Mend the DeviceClass or ResourceClaim and ' +
          'create the pod anew.',
      }
    }
    const { apiVersion: _version, kind: _kind, ...said } = checked.data
    parameters = { ...parameters, ...said }
  }
  return { parameters }
}

/** `2Mi` as Kubernetes writes it, or a size as daxd takes it. */
function alignOf(value: number | string): number | null {
  if (typeof value === 'number') return value
  try {
    return parseSize(/^\d+[KMG]i$/.test(value) ? `${value}B` : value)
  } catch {
    return null
  }
}
