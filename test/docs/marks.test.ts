/** Every command that a page shows says which test runs it, and that test is there. */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import { blocksOf } from './page-blocks.ts'
import { allPages } from './page-list.ts'

const ROOT = resolve(import.meta.dirname, '../..')
/** The pages whose blocks are installed and tested from: by readme.test.ts and tutorial.test.ts. */
const INSTALLS = ['README.md', 'docs/tutorial.md']

test.each(allPages())('%s says of each block of commands who runs it', (page) => {
  const roles = blocksOf(page).map(({ role }) => role)
  expect(INSTALLS.includes(page) ? [] : roles.filter((role) => role === 'install')).toEqual([])
})

test.each(allPages())('bash can read the commands of %s', (page) => {
  const input = blocksOf(page)
    .map(({ commands }) => commands)
    .join('\n')
  const { status, stderr } = spawnSync('bash', ['-n'], { input, encoding: 'utf8' })
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
})

test.each(allPages())('the tests that %s names read its commands', (page) => {
  const tests = blocksOf(page).flatMap(({ test: file }) => (file === null ? [] : [file]))
  const reads = (file: string): boolean =>
    existsSync(join(ROOT, file)) &&
    readFileSync(join(ROOT, file), 'utf8').includes(`elsewhere('${page}', import.meta.filename)`)
  expect(tests.filter((file) => !reads(file))).toEqual([])
})
