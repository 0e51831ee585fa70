import { CONSOLE_PATH } from './console.ts'
import { LIVE_PATH, READY_PATH } from './health.ts'

/**
 * Paths that are anybody's: probes have no credentials, and a browser that opens the console has
 * none to show yet. They tell nothing of the host's memory; what the console shows it asks of the
 * API, as who has signed in.
 */
export function isPublicPath(url: string | undefined): boolean {
  if (url === undefined) return false
  return (
    url === LIVE_PATH ||
    url === READY_PATH ||
    url === CONSOLE_PATH ||
    url.startsWith(`${CONSOLE_PATH}/`)
  )
}
