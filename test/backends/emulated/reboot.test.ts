import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { dataPath, newHost, openHost, plan, textAt } from './fixture.ts'
import { holdFile } from './holder.ts'

test('another boot id takes volatile devices and their data, and keeps persistent ones', async () => {
  const { directory, backend } = await newHost()
  const empty = (await backend.discover()).devices
  for (const chardev of ['dax0.0', 'dax0.1', 'dax1.0', 'dax1.1']) {
    await backend.create(plan(chardev, Number(chardev.at(-1))))
    if (chardev === 'dax1.1') continue
    const { path } = await backend.enable(chardev)
    await writeFile(path, chardev, { flag: 'r+' })
  }
  const persistent = (await backend.discover()).devices.filter((device) => device.region === 1)
  const again = await openHost(directory, { bootId: 'boot-2' })
  expect(await again.discover()).toEqual({
    boot_id: 'boot-2',
    regions: (await backend.discover()).regions,
    devices: [...empty, ...persistent],
  })
  expect(persistent.map((device) => device.enabled)).toEqual([true, false])
  expect(await textAt(dataPath(directory, 'dev', 'dax1.0'), 0, 6)).toBe('dax1.0')
  expect(await readdir(join(directory, 'dev'))).toEqual(['dax1.0'])
  expect(await readdir(join(directory, 'off'))).toEqual(['dax0.0', 'dax1.1'])
  const again0 = await again.create(plan('dax0.0', 0))
  const { path } = await again.enable(again0.chardev)
  expect(await textAt(path, 0, 6)).toBe('\0'.repeat(6))
})

test('a reboot empties old/ without asking who holds it, since no process outlives one', async () => {
  const { directory, backend } = await newHost()
  await backend.create(plan('dax1.0', 0))
  await holdFile((await backend.enable('dax1.0')).path)
  await backend.disable('dax1.0')
  expect(await readdir(join(directory, 'old'))).toEqual(['dax1.0.1'])
  await openHost(directory)
  expect(await readdir(join(directory, 'old'))).toEqual(['dax1.0.1'])
  await openHost(directory, { bootId: 'boot-2' })
  expect(await readdir(join(directory, 'old'))).toEqual([])
})

test('a restart in the same boot keeps volatile devices, since the host stayed up', async () => {
  const { directory, backend } = await newHost()
  await backend.create(plan('dax0.0', 0))
  const { path } = await backend.enable('dax0.0')
  const before = await backend.discover()
  const { ino } = await stat(path)
  expect(await (await openHost(directory)).discover()).toEqual(before)
  expect((await stat(path)).ino).toBe(ino)
  expect(await readFile(join(directory, 'host', 'boot_id'), 'utf8')).toBe('boot-1\n')
})
