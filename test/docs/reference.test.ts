/** The pages of docs/ itself: what they have a reader type, typed. */
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import { followPage } from './follow-page.ts'
import { blocksOf } from './page-blocks.ts'
import { allPages } from './page-list.ts'

const PAGE_TIMEOUT_MS = 180_000
/** It has a test of its own, from a clean clone. */
const TUTORIAL = 'docs/tutorial.md'

const pages = allPages().filter((page) => {
  const isHere = dirname(page) === 'docs' && page !== TUTORIAL
  return isHere && blocksOf(page).some(({ role }) => role === 'run')
})

test('there are pages whose commands can be run here', () => {
  expect(pages).toEqual(expect.arrayContaining(['docs/audit.md', 'docs/identity.md']))
})

test.concurrent.each(pages)(
  '%s shows what its commands print',
  (page) => followPage(page),
  PAGE_TIMEOUT_MS,
)
