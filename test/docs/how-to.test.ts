/** docs/how-to: each page, followed from its first command to its last. */
import { globSync } from 'node:fs'
import { expect, test } from 'vitest'
import { followPage } from './follow-page.ts'
import { ROOT } from './open-page.ts'

const PAGE_TIMEOUT_MS = 180_000
const PAGES = globSync('docs/how-to/*.md', { cwd: ROOT }).sort()

test('there is a how-to for each of the tasks', () => {
  expect(PAGES.length).toBeGreaterThanOrEqual(13)
})

const follow = (page: string): Promise<void> => followPage(page)

test.concurrent.each(PAGES)('%s shows what its commands print', follow, PAGE_TIMEOUT_MS)
