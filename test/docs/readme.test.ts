import { afterAll, beforeAll, expect, test } from 'vitest'
import packageJson from '../../package.json' with { type: 'json' }
import { type OpenPage, openPage } from './open-page.ts'
import { blocksOf } from './page-blocks.ts'

const PAGE = 'README.md'
const BLOCKS = blocksOf(PAGE)
const STEP_TIMEOUT_MS = 60_000

let page: OpenPage
beforeAll(async () => {
  page = await openPage(PAGE)
}, STEP_TIMEOUT_MS)
afterAll(() => page?.close(), STEP_TIMEOUT_MS)

test('the page installs by the two commands that package.json has scripts for', () => {
  const installs = BLOCKS.filter(({ role }) => role === 'install').map(({ commands }) => commands)
  expect(installs).toEqual(['npm ci && npm start\n', 'npm ci && npm test\n'])
  expect(Object.keys(packageJson.scripts)).toEqual(expect.arrayContaining(['start', 'test']))
})

for (const block of BLOCKS) {
  const { role, line, commands, output } = block
  if (role !== 'daemon' && role !== 'run') continue
  const [first] = commands.split('\n', 1)
  const promise = output === null ? 'succeeds' : 'prints what the page shows'
  const title = role === 'daemon' ? 'starts a daemon' : promise
  test(`line ${line} ${title}: ${first}`, () => page.follow(block), STEP_TIMEOUT_MS)
}
