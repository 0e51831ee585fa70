import { createToken, listTokens, revokeToken } from '../identity/token-file.ts'
import { endOf, type TokenRecord } from '../identity/token-records.ts'
import { makeDirectory } from '../ledger/make-directory.ts'
import { UsageError } from '../usage-error.ts'
import type { TokenActions } from './token-program.ts'

const EXIT_DONE = 0
const COLUMN_GAP = '  '

interface Streams {
  readonly stdout: NodeJS.WritableStream
  readonly stderr: NodeJS.WritableStream
}

/** `daxd token`; the token goes to stdout alone, so that a script can take it. */
export function createTokenActions({ stdout, stderr }: Streams): TokenActions {
  return {
    create({ stateDirectory, json, ...wish }) {
      makeDirectory(stateDirectory)
      const { record, text } = createToken(stateDirectory, wish)
      if (json) {
        stdout.write(`${JSON.stringify({ token: text, ...toldOf(record) }, null, 2)}\n`)
        return EXIT_DONE
      }
      const end = record.expires_at === null ? 'has no end' : `ends at ${record.expires_at}`
      stderr.write(`Token ${record.id} ${end}. It is shown this once:\n`)
      stdout.write(`${text}\n`)
      return EXIT_DONE
    },
    list({ stateDirectory, json }) {
      const tokens = listTokens(stateDirectory).map(toldOf)
      stdout.write(json ? `${JSON.stringify(tokens, null, 2)}\n` : tableOf(tokens))
      return EXIT_DONE
    },
    revoke({ stateDirectory, id }) {
      if (!revokeToken(stateDirectory, id)) throw new UsageError(`There is no token ${id}.`)
      stderr.write(`Token ${id} is revoked.\n`)
      return EXIT_DONE
    },
  }
}

type Told = Omit<TokenRecord, 'sha256'> & { readonly state: 'valid' | 'expired' | 'revoked' }

/** What is told of a token; not its digest, which is of no use to anyone. */
function toldOf({ sha256: _kept, ...record }: TokenRecord): Told {
  return { ...record, state: endOf(record, Date.now()) ?? 'valid' }
}

function tableOf(tokens: readonly Told[]): string {
  const rows = tokens.map(({ id, name, role, tenant, state, expires_at, note }) => {
    return [id, name, role, tenant ?? '-', state, expires_at ?? 'never', note]
  })
  const table = [['ID', 'NAME', 'ROLE', 'TENANT', 'STATE', 'EXPIRES', 'NOTE'], ...rows]
  const widths = table[0]?.map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row.map((cell, at) => cell.padEnd(widths?.[at] ?? 0)).join(COLUMN_GAP)
  return table.map((row) => `${line(row).trimEnd()}\n`).join('')
}
