import { CONSOLE_PATH } from './console.ts'
import { LIVE_PATH, READY_PATH } from './health.ts'

const PUBLIC_PATHS: ReadonlySet<string> = new Set([LIVE_PATH, READY_PATH, CONSOLE_PATH])
const CONSOLE_FILES = `${CONSOLE_PATH}/`

/**
 * Paths that are anybody's: probes have no credentials, and a browser that opens the console has
 * none to show yet. They tell nothing of the host's memory; what the console shows it asks of the
 * API, as who has signed in.
 */
export function isPublicPath(url: string | undefined): boolean {
  return url !== undefined && (PUBLIC_PATHS.has(url) || url.startsWith(CONSOLE_FILES))
}
