import { createConnection } from 'node:net'
import { createInterface } from 'node:readline'

interface Reply {
  readonly return?: unknown
  readonly error?: { readonly desc: string }
}

/** Gives QEMU's monitor one command over its socket. @throws Error with the monitor's words. */
export async function qmp(path: string, execute: string, args: object = {}): Promise<unknown> {
  const socket = createConnection(path)
  const commands = [{ execute: 'qmp_capabilities' }, { execute, arguments: args }].map(
    (command) => `${JSON.stringify(command)}\n`,
  )
  let sent = 0
  try {
    for await (const line of createInterface({ input: socket })) {
      const said = JSON.parse(line) as Reply & { readonly QMP?: object }
      if (said.error !== undefined) throw new Error(`qemu: ${execute}: ${said.error.desc}`)
      if (said.QMP === undefined && said.return === undefined) continue
      if (sent === commands.length) return said.return
      socket.write(commands[sent++] ?? '')
    }
  } finally {
    socket.destroy()
  }
  throw new Error(`qemu: ${execute}: the monitor closed`)
}
