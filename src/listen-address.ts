import { resolve } from 'node:path'
import { UsageError } from './usage-error.ts'

/** Where to listen. */
export type Listen =
  | { readonly kind: 'tcp'; readonly host: string; readonly port: number }
  | { readonly kind: 'unix'; readonly path: string }

/** `HOST:PORT`, `[::1]:PORT` or `unix:PATH`. @throws UsageError. */
export function parseListen(text: string): Listen {
  if (text.startsWith('unix:')) {
    const path = text.slice('unix:'.length)
    if (path === '') throw new UsageError('--listen unix: needs a path, as in unix:/run/daxd.sock.')
    return { kind: 'unix', path: resolve(path) }
  }
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (match === null || port > 65535) {
    throw new UsageError(`--listen ${text} is not HOST:PORT, [IPV6]:PORT or unix:PATH.`)
  }
  return { kind: 'tcp', host: match[1] ?? match[2] ?? '', port }
}

/** True for what only this host can reach. */
export function isLocal(listen: Listen): boolean {
  if (listen.kind === 'unix') return true
  return /^(?:localhost|127(?:\.\d{1,3}){3}|::1)$/.test(listen.host)
}
