import type { Daxd } from '../../../client/src/index.ts'
import { shortSize } from '../output/human-size.ts'
import type { Candidate, NameKind } from './candidates.ts'

/** Somebody has pressed TAB and waits: what the daemon does not say by then is not offered. */
const TIMEOUT_MS = 1_500
/** More would only fill the screen. */
const NAMES_MAX = 200

/** Names of a kind as the daemon has them now. */
export async function daemonNames(daxd: Daxd, kind: NameKind): Promise<readonly Candidate[]> {
  const options = { timeoutMs: TIMEOUT_MS }
  const query = { limit: NAMES_MAX }
  const ask: Record<NameKind, () => Promise<readonly Candidate[]>> = {
    region: async () =>
      (await daxd.regions.list(query, options).page()).items.map(({ id, size, kind }) => ({
        word: String(id),
        about: `${shortSize(size)} ${kind}`,
      })),
    device: async () =>
      (await daxd.devices.list(query, options).page()).items.map(({ chardev, size, state }) => ({
        word: chardev,
        about: `${shortSize(size)} ${state}`,
      })),
    namespace: async () =>
      (await daxd.namespaces.list(query, options).page()).items.map(({ name, chardev, size }) => ({
        word: name,
        about: `${shortSize(size)} ${chardev ?? ''}`,
      })),
    claim: async () =>
      (await daxd.claims.list(query, options).page()).items.map(({ name, holder, state }) => ({
        word: name,
        about: `${state}, ${holder}`,
      })),
    handle: async () =>
      (await daxd.handles.list(query, options).page()).items.map(({ id, chardev, holder }) => ({
        word: id,
        about: `${chardev}, ${holder}`,
      })),
    mapping: async () =>
      (await daxd.mappings.list(query, options).page()).items.map(({ id, chardev, holder }) => ({
        word: id,
        about: `${chardev}, ${holder}`,
      })),
    lease: async () =>
      (await daxd.leases.list(query, options).page()).items.map(({ id, holder }) => ({
        word: id,
        about: holder,
      })),
    operation: async () =>
      (await daxd.operations.list(query, options).page()).items.map(({ id, verb, state }) => ({
        word: id,
        about: `${verb}, ${state}`,
      })),
  }
  return ask[kind]()
}
