import type { Daxd } from '../../../client/src/index.ts'
import { createClient } from '../../../client/src/node.ts'
import type { Connection } from './connection-settings.ts'

/** People wait for the answer: a daemon that is not there is told at once, after a second try. */
const ATTEMPTS_MAX = 3

/** A client of the daemon that the connection names; nothing is sent yet. */
export function connectToDaemon(connection: Connection, onRetry: (text: string) => void): Daxd {
  const { url, tokenFile, ca, cert, key } = connection
  return createClient({
    url,
    attemptsMax: ATTEMPTS_MAX,
    ...(tokenFile === null ? {} : { tokenFile }),
    tls: {
      ...(ca === null ? {} : { caFile: ca }),
      ...(cert === null ? {} : { certFile: cert }),
      ...(key === null ? {} : { keyFile: key }),
    },
    onRetry: ({ method, path, error }) => onRetry(`${method} ${path} again: ${error.message}`),
  })
}
