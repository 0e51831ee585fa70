import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Answer } from '../../support/api.ts'
import type { FaultService } from './fault-service.ts'

type Body = Answer['body']

const KINDS = ['namespaces', 'devices', 'handles', 'mappings', 'leases', 'claims'] as const

/** All that can leak: what the books list, each region's room, and the files of the host. */
export async function pictureOf(service: FaultService): Promise<object> {
  const regions = await itemsOf(service, 'regions')
  const maps = await Promise.all(regions.map(({ id }) => service.get(`/v1/regions/${id}/map`)))
  const lists = await Promise.all(KINDS.map((kind) => itemsOf(service, kind)))
  const removed = await itemsOf(service, 'devices?state=removed')
  return {
    regions: regions.map(({ id, available_size, drift }, at) => ({
      id,
      available_size,
      drift,
      map: maps[at].items,
    })),
    ...Object.fromEntries(KINDS.map((kind, at) => [kind, lists[at]])),
    removed,
    files: filesOf(service.directory),
  }
}

/** What is wrong by itself, whatever was done; nothing is half-done here any more. */
export async function wrongsOf(service: FaultService): Promise<string[]> {
  const [namespaces = [], devices = [], handles = [], mappings = [], leases = [], claims = []] =
    await Promise.all(KINDS.map((kind) => itemsOf(service, kind)))
  const host = await service.real().discover()
  return [
    ...[...namespaces, ...claims]
      .filter(({ state }) => state !== 'active')
      .map(({ name, state }) => `${name} is ${state}`),
    ...namespaces.flatMap(({ name, chardev, enabled }) => {
      const device = devices.find((other) => other.chardev === chardev)
      return (device?.state === 'enabled') === enabled
        ? []
        : [`${name} wants enabled ${enabled}, ${chardev} is ${device?.state}`]
    }),
    ...claims.flatMap((claim) => claimWrongs(claim, { devices, handles, mappings, leases })),
    ...devices.flatMap((device) => deviceWrongs(device, { handles, mappings })),
    ...devices.flatMap(({ chardev, size, state }) => {
      const shown = host.devices.find((other) => other.chardev === chardev)
      if (shown === undefined) return [`${chardev} is not on the host`]
      const there = shown.ranges.reduce((sum, range) => sum + range.size, 0)
      const isSame = there === size && shown.enabled === (state === 'enabled')
      return isSame ? [] : [`${chardev} is ${there} ${shown.enabled} on the host`]
    }),
    ...host.devices
      .filter(({ extents }) => extents.length > 0)
      .filter(({ chardev }) => !devices.some((device) => device.chardev === chardev))
      .map(({ chardev }) => `${chardev} is on the host and not in the books`),
  ]
}

type ClaimParts = 'devices' | 'handles' | 'mappings' | 'leases'

function claimWrongs(
  claim: Body,
  { devices, handles, mappings, leases }: Readonly<Record<ClaimParts, Body[]>>,
): string[] {
  // A device that was disabled with revoke keeps its claims, whose mappings wait for its return.
  const device = devices.find(({ chardev }) => chardev === claim.chardev)
  const wanted = device?.state === 'enabled' ? 'live' : 'revoked'
  const parts = [
    handles.some(({ id }) => id === claim.handle),
    mappings.some(({ id, state }) => id === claim.mapping && state === wanted),
    claim.lease === null || leases.some(({ id }) => id === claim.lease),
  ]
  return parts.every(Boolean) ? [] : [`claim ${claim.name} lacks a part: ${parts}`]
}

function deviceWrongs(
  { chardev, refs, state, path, drift, mode }: Body,
  { handles, mappings }: Readonly<Record<'handles' | 'mappings', Body[]>>,
): string[] {
  const wrongs = drift === null ? [] : [`${chardev} drifts: ${drift}`]
  const counted = {
    handles: handles.filter((one) => one.chardev === chardev).length,
    mappings: mappings.filter((one) => one.chardev === chardev).length,
  }
  if (JSON.stringify(refs) !== JSON.stringify(counted)) {
    wrongs.push(`${chardev} counts ${JSON.stringify(refs)}, there are ${JSON.stringify(counted)}`)
  }
  const isOpenable = existsSync(path)
  if (isOpenable !== (state === 'enabled' && mode === 'devdax')) {
    wrongs.push(`${chardev} is ${state}, and openable: ${isOpenable}`)
  }
  return wrongs
}

async function itemsOf(service: FaultService, path: string): Promise<Body[]> {
  return (await service.get(`/v1/${path}`)).items
}

function filesOf(directory: string): string[] {
  return ['host', 'dev', 'off', 'old'].flatMap((folder) =>
    readdirSync(join(directory, folder))
      .map((name) => `${folder}/${name}`)
      .sort(),
  )
}
