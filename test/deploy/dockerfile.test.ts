/** docs/containers.md: the images that it has built are stages that the Dockerfile has. */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { elsewhere } from '../docs/elsewhere.ts'

const ROOT = resolve(import.meta.dirname, '../..')

test('docker builds what the page names: the last stage by default, and the kernel´s', () => {
  const page = elsewhere('docs/containers.md', import.meta.filename)
  const { version } = packageJson
  page.take(`docker build -t registry.example.com/daxd:${version} .`)
  page.take(`docker build --target kernel -t registry.example.com/daxd-kernel:${version} .`)
  expect(page.left()).toEqual([])
  const dockerfile = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
  const stages = [...dockerfile.matchAll(/^FROM \S+ AS (\w+)$/gm)].map(([, name]) => name)
  expect(stages).toEqual(['app', 'kernel', 'daxd'])
  // Those two builds are made by scripts/ci-image.sh, and tried by test/image.
  const builds = readFileSync(join(ROOT, 'scripts/ci-image.sh'), 'utf8').match(/^build .*$/gm)
  expect(builds?.map((line) => line.split(' ')[1])).toEqual(['daxd', 'kernel'])
})
