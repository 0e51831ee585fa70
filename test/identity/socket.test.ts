import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Settings } from '../../src/config.ts'
import { createToken } from '../../src/identity/token-file.ts'
import { startIdentityDaemon, temporaryDirectory } from './support/identity-daemon.ts'

const TENANT = { name: 'ci', role: 'tenant', tenant: 'red', lifeMs: null, note: '' } as const

function start(directory: string, identities?: string) {
  const file = join(directory, 'identities.yaml')
  if (identities !== undefined) writeFileSync(file, identities)
  const flags: Settings = { listen: `unix:${join(directory, 'daxd.sock')}` }
  return startIdentityDaemon(
    identities === undefined ? flags : { ...flags, identities: file },
    directory,
  )
}

test('who may open the unix socket is an admin, also once there are tokens', async () => {
  const directory = temporaryDirectory()
  const daemon = await start(directory)
  const socket = { name: 'socket', role: 'admin', tenant: null, via: 'socket' }
  expect((await daemon.get('/v1/whoami')).body).toEqual(socket)
  createToken(directory, TENANT)
  expect((await daemon.get('/v1/whoami')).body).toEqual(socket)
})

test('who shows a token over the socket is whom it is for, and a wrong one is 401', async () => {
  const directory = temporaryDirectory()
  const { text } = createToken(directory, TENANT)
  const daemon = await start(directory)
  expect(await daemon.who({ bearer: text })).toEqual([200, 'ci'])
  expect(await daemon.who({ bearer: 'a-wrong-token' })).toEqual([401, undefined])
})

test('the socket is whom the file of identities says, or nobody', async () => {
  const given = await start(temporaryDirectory(), 'socket: { role: tenant, tenant: red }')
  expect((await given.get('/v1/whoami')).body).toEqual({
    ...{ name: 'socket', role: 'tenant', tenant: 'red', via: 'socket' },
  })
  const closed = await start(temporaryDirectory(), 'socket: false')
  expect(await closed.who()).toEqual([401, undefined])
})

test('the one token of --token-file is asked of the socket as well', async () => {
  const directory = temporaryDirectory()
  const token = join(directory, 'token')
  writeFileSync(token, 'a-token-as-before')
  const daemon = await startIdentityDaemon(
    { listen: `unix:${join(directory, 'daxd.sock')}`, 'token-file': token },
    directory,
  )
  expect(await daemon.who()).toEqual([401, undefined])
  expect(await daemon.who({ bearer: 'a-token-as-before' })).toEqual([200, 'token-file'])
})
