import type { Command } from 'commander'
import { clientCommand, connectionOptions } from '../client-command.ts'
import { type SessionDeps, type SessionFlags, sessionAction } from '../session.ts'

/** Adds `daxd whoami`. */
export function addWhoami(program: Command, deps: SessionDeps): void {
  const command = clientCommand(program, {
    name: 'whoami',
    summary: 'as whom the daemon knows you, and by what',
    group: 'What is there:',
    examples: ['whoami', 'whoami --token-file ci.token --json'],
  })
  connectionOptions(command).action(
    sessionAction<SessionFlags>(deps, async (session) => {
      const who = await session.daxd.whoami({ signal: session.signal })
      const { name, role, tenant, via } = who
      const whose = tenant === null ? '' : ` of tenant ${tenant}`
      if (session.json) session.printJson(who)
      else session.print(`${name}: ${role}${whose}, known by ${via}\n`)
      return 'done'
    }),
  )
}
