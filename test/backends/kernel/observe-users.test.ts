import { mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type Host, holder, newHost, plan } from './fixture.ts'

/** An enabled device that a process has open, and a module that is counted as told. */
async function heldDevice(refcnt: string | null): Promise<Host & { readonly chardev: string }> {
  const host = await newHost()
  const { chardev } = await host.backend.create(plan([[0, 64]]))
  const { major, minor } = await host.backend.enable(chardev)
  host.holders.set(`${major}:${minor}`, [holder(41)])
  await countModule(host, refcnt)
  host.looks.count = 0
  return { ...host, chardev }
}

async function countModule({ kernel }: Host, refcnt: string | null): Promise<void> {
  const module = join(kernel.sysRoot, 'module/device_dax')
  await mkdir(module, { recursive: true })
  if (refcnt === null) await rm(join(module, 'refcnt'), { force: true })
  else await writeFile(join(module, 'refcnt'), `${refcnt}\n`)
}

test.each(['1', '2', '17', null])(
  'processes are looked at while the module counts %s',
  async (n) => {
    const { backend, chardev, looks } = await heldDevice(n)
    const { inodes: _, ...use } = holder(41)
    const users = [{ ...use, stale: false }]
    expect(await backend.observe([chardev])).toEqual({
      users: new Map([[chardev, users]]),
      complete: true,
    })
    expect(looks.count).toBe(1)
  },
)

test('no process is looked at while no open file holds the module', async () => {
  const { backend, chardev, looks } = await heldDevice('0')
  expect(await backend.observe([chardev])).toEqual({
    users: new Map([[chardev, []]]),
    complete: true,
  })
  expect(looks.count).toBe(0)
})

test('the count is read anew by every look: who opens later is seen', async () => {
  const host = await heldDevice('0')
  const { backend, chardev } = host
  await backend.observe([chardev])
  await countModule(host, '2')
  const { users } = await backend.observe([chardev])
  expect(users.get(chardev)?.map(({ pid }) => pid)).toEqual([41])
})
