import { constants } from 'node:os'
import { errnoName } from '../errno-names.ts'
import type { ProbeReply } from '../rig/guest.ts'
import type { MappingRequest } from './mapping-request.ts'
import { brokenRules, isFree, KERNEL_RULES, readsAsShared } from './rules.ts'

/** What daxd said to a request. */
export type DaxdAnswer =
  | { readonly kind: 'grant'; readonly mmap: GrantedMmap }
  | { readonly kind: 'refusal'; readonly code: string; readonly errno: string }

/** The call that a grant tells the client to make. */
export interface GrantedMmap {
  readonly offset: number
  readonly length: number
  readonly flags: readonly string[]
  readonly prot: readonly string[]
}

/** Agreement by its class, or what disagrees. */
export type Verdict =
  | { readonly agrees: true; readonly class: string }
  | { readonly agrees: false; readonly why: string }

const no = (why: string): Verdict => ({ agrees: false, why })
const yes = (name: string): Verdict => ({ agrees: true, class: name })

/** Compares daxd's answer with what the kernel really did and with the rules of api.md. */
export function judge(request: MappingRequest, daxd: DaxdAnswer, kernel: ProbeReply): Verdict {
  const broken = brokenRules(request)
  return daxd.kind === 'grant'
    ? judgeGrant(request, daxd.mmap, kernel, broken)
    : judgeRefusal(request, daxd, kernel, broken)
}

function judgeGrant(
  { subject, length, offset, prot }: MappingRequest,
  mmap: GrantedMmap,
  kernel: ProbeReply,
  broken: readonly string[],
): Verdict {
  if (broken.length > 0) return no(`granted against ${broken.join(', ')}`)
  if (mmap.length !== length || (offset ?? mmap.offset) !== mmap.offset) {
    return no('the grant is for another window')
  }
  if ([...mmap.prot].sort().join() !== [...new Set(prot)].sort().join()) {
    return no('the grant is for another protection')
  }
  if (mmap.offset % subject.align !== 0 || mmap.offset + mmap.length > subject.size) {
    return no('the window chosen is misaligned or outside')
  }
  if (offset === undefined && !isFree(subject.held, mmap)) {
    return no('the place chosen is not free')
  }
  const errno = kernelErrno(kernel)
  if (errno !== 'OK') return no(`granted, but the kernel answers ${errno}`)
  const units = prot.some((name) => name !== 'PROT_NONE') ? mmap.length / subject.align : 0
  if (kernel['units'] !== units) return no(`${kernel['units']} units touched, not ${units}`)
  if (kernel['faults'] !== 0) return no(`granted, but unit ${kernel['first_fault']} faults`)
  return yes(offset === undefined ? 'grant, placed by daxd' : 'grant')
}

function judgeRefusal(
  request: MappingRequest,
  { code, errno }: { readonly code: string; readonly errno: string },
  kernel: ProbeReply,
  broken: readonly string[],
): Verdict {
  if (!broken.includes(code)) return no(`refused for ${code}, which the request does not break`)
  const real = kernelErrno(kernel)
  if (real === errno) return yes(`same errno: ${code}`)
  const expected = KERNEL_RULES[code]
  if (expected !== undefined && broken.length === 1) {
    const sharedToKernel = code === 'not_shared' && readsAsShared(request)
    if (!sharedToKernel) return no(`the kernel answers ${real} to ${code} alone`)
  }
  if (code === 'out_of_range' && broken.length === 1 && real === 'OK') {
    const touched = Number(kernel['units']) > 0
    const faulted = kernel['signal'] === constants.signals.SIGBUS
    if (touched && !faulted) return no('out of range, yet no touch is SIGBUS')
  }
  return yes(real === 'OK' ? `stricter: ${code}` : `both refuse, another rule first: ${code}`)
}

function kernelErrno(reply: ProbeReply): string {
  const open = Number(reply['open'])
  return errnoName(open === 0 ? Number(reply['mmap']) : open)
}
