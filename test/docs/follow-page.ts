import { openPage } from './open-page.ts'

/** Follows a page from its first command to its last. @throws where one does what it should not. */
export async function followPage(page: string, checkout?: string): Promise<void> {
  const open = await openPage(page, checkout)
  try {
    for (const block of open.blocks) await open.follow(block)
  } finally {
    await open.close()
  }
}
