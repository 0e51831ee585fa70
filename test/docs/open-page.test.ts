/** The pages' tests can fail: a page that is wrong on purpose is found out, line by line. */
import { expect, onTestFinished, test } from 'vitest'
import { openPage } from './open-page.ts'

const PAGE = 'test/docs/fixtures/wrong.md'

test('an output that is not printed, and a command that fails, each end a page', async () => {
  const page = await openPage(PAGE)
  onTestFinished(() => page.close())
  const [printsAnother, fails, isRight] = page.blocks
  await expect(page.follow(printsAnother!)).rejects.toThrow(`${PAGE}, line 5`)
  await expect(page.follow(fails!)).rejects.toThrow(`${PAGE}, line 16`)
  await expect(page.follow(isRight!)).resolves.toBeUndefined()
})
