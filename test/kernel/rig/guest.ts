import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type AgentLink, createAgentLink } from './agent-link.ts'
import { qmp } from './qmp.ts'

const BOOT_TIMEOUT_MS = 300_000
const DAXD_TIMEOUT_MS = 240_000
const COMMAND_TIMEOUT_MS = 120_000
const PING_TIMEOUT_MS = 2000
const POLL_MS = 100
/** Beyond the guest's own limit, so that its sentence arrives. */
const MARGIN_MS = 5000
const CONSOLE_TAIL_CHARACTERS = 4000
const PROBE_LINES_PER_MESSAGE = 500

/** How to find a running guest; plain data, so that it goes from the suite's setup to its tests. */
export interface GuestAddress {
  /** Disks, console and monitor of this guest. */
  readonly directory: string
  readonly httpPort: number
  readonly agentPort: number
}

export interface CommandResult {
  /** The exit code, or the name of the signal that ended it. */
  readonly code: number | string
  readonly stdout: string
  readonly stderr: string
}

/** A request to the probe; see `probe.c`. */
export type ProbeRequest = Readonly<Record<string, string | number>>
export type ProbeReply = Readonly<Record<string, number | string | boolean>>

/** A probe process in the guest that can hold descriptors and mappings. */
export interface Probe {
  readonly pid: number
  ask(request: ProbeRequest): Promise<ProbeReply>
  askAll(requests: readonly ProbeRequest[]): Promise<ProbeReply[]>
  /** Ends the process as a user's exit does, whatever it holds; answers how it ended. */
  end(): Promise<number | string | null>
}

export interface DaxdStatus {
  readonly running: boolean
  readonly code: number | string | null
}

/** A booted machine with a real Linux kernel and daxd in it. */
export interface Guest {
  /** Where daxd answers, seen from here. */
  readonly url: string
  /** Runs a shell command as root in the guest; any exit code is an answer. */
  run(command: string, timeoutMs?: number): Promise<CommandResult>
  /** The same, and its standard output; throws unless it exits 0. */
  sh(command: string, timeoutMs?: number): Promise<string>
  /** Asks a probe process that ends after the last answer. */
  probe(requests: readonly ProbeRequest[]): Promise<ProbeReply[]>
  openProbe(): Promise<Probe>
  daxdStatus(): Promise<DaxdStatus>
  daxdLog(): Promise<string>
  /** Waits until daxd answers `/readyz` with 200. @throws Error with its log when it ends. */
  awaitDaxd(): Promise<void>
  /** Ends daxd with a signal; answers how it ended. */
  stopDaxd(signal?: NodeJS.Signals): Promise<number | string | null>
  /** Starts daxd and waits until it is ready; a reboot starts it with the same arguments. */
  startDaxd(args: readonly string[]): Promise<void>
  /** `SIGTERM` and up again, with other arguments where given; answers how the old one ended. */
  restartDaxd(options: {
    readonly signal?: NodeJS.Signals
    readonly args: readonly string[]
  }): Promise<number | string | null>
  /** In order by default; `power` pulls the plug. Answers when the agent is back. */
  reboot(how?: 'order' | 'power'): Promise<void>
  /** Waits for the agent after a start. @throws Error with the console's end. */
  awaitBoot(): Promise<void>
  /** Everything the kernel has printed to the serial console. */
  console(): string
  close(): void
}

export function connectGuest(address: GuestAddress): Guest {
  const link = createAgentLink(address.agentPort)
  const url = `http://127.0.0.1:${address.httpPort}`
  const monitor = join(address.directory, 'qmp')
  const readConsole = () => readFileSync(join(address.directory, 'console.log'), 'utf8')
  const ping = (timeoutMs = COMMAND_TIMEOUT_MS) =>
    link.ask<{ boot_id: string; daxd: DaxdStatus }>('ping', {}, timeoutMs)
  const command = createCommands(link, readConsole)
  const daxd = createDaxdControl(link, url)

  async function awaitAgent(previousBoot: string | null): Promise<void> {
    const until = Date.now() + BOOT_TIMEOUT_MS
    for (;;) {
      try {
        if ((await ping(PING_TIMEOUT_MS)).boot_id !== previousBoot) return
      } catch (error) {
        if (Date.now() > until || /Kernel panic/.test(readConsole())) {
          throw new Error(`the guest does not come up: ${error}\n${consoleTail(readConsole())}`)
        }
      }
      await sleep(POLL_MS)
    }
  }

  return {
    url,
    ...command,
    probe: async (requests) => {
      const probe = await openProbe(link)
      try {
        return await probe.askAll(requests)
      } finally {
        await probe.end()
      }
    },
    openProbe: () => openProbe(link),
    daxdStatus: async () => (await ping()).daxd,
    ...daxd,
    async reboot(how = 'order') {
      const { boot_id } = await ping()
      await qmp(monitor, 'set-action', { reboot: 'reset' })
      if (how === 'order') await daxd.stopDaxd()
      if (how === 'order') await command.run('sync; umount /state; reboot -f &')
      else await qmp(monitor, 'system_reset')
      link.close()
      await awaitAgent(boot_id)
      await qmp(monitor, 'set-action', { reboot: 'shutdown' })
    },
    awaitBoot: () => awaitAgent(null),
    console: readConsole,
    close: () => link.close(),
  }
}

function createCommands(link: AgentLink, readConsole: () => string): Pick<Guest, 'run' | 'sh'> {
  async function run(command: string, timeoutMs = COMMAND_TIMEOUT_MS): Promise<CommandResult> {
    try {
      const fields = { command, timeout_ms: timeoutMs }
      return await link.ask<CommandResult>('run', fields, timeoutMs + MARGIN_MS)
    } catch (error) {
      throw new Error(`${error}\n${consoleTail(readConsole())}`, { cause: error })
    }
  }
  return {
    run,
    async sh(command, timeoutMs) {
      const { code, stdout, stderr } = await run(command, timeoutMs)
      if (code === 0) return stdout
      throw new Error(`guest: ${command}: exit ${code}: ${stderr}${stdout}`)
    },
  }
}

type DaxdControl = Pick<Guest, 'awaitDaxd' | 'daxdLog' | 'restartDaxd' | 'startDaxd' | 'stopDaxd'>

function createDaxdControl(link: AgentLink, url: string): DaxdControl {
  async function awaitDaxd(): Promise<void> {
    const until = Date.now() + DAXD_TIMEOUT_MS
    for (;;) {
      if (await isReady(url)) return
      const { daxd } = await link.ask<{ daxd: DaxdStatus }>('ping', {}, COMMAND_TIMEOUT_MS)
      if (!daxd.running || Date.now() > until) {
        const state = daxd.running ? 'is not ready' : `ended with ${daxd.code}`
        throw new Error(`daxd in the guest ${state}:\n${await daxdLog()}`)
      }
      await sleep(POLL_MS)
    }
  }
  async function daxdLog(): Promise<string> {
    return (await link.ask<{ log: string }>('daxd-log', {}, COMMAND_TIMEOUT_MS)).log
  }
  async function stopDaxd(signal: NodeJS.Signals = 'SIGTERM') {
    const fields = { signal }
    const ended = await link.ask<DaxdStatus>('daxd-stop', fields, COMMAND_TIMEOUT_MS)
    return ended.code
  }
  async function startDaxd(args: readonly string[]): Promise<void> {
    await link.ask('daxd-start', { args }, COMMAND_TIMEOUT_MS)
    await awaitDaxd()
  }
  return {
    awaitDaxd,
    daxdLog,
    stopDaxd,
    startDaxd,
    async restartDaxd({ signal = 'SIGTERM', args }) {
      const code = await stopDaxd(signal)
      await startDaxd(args)
      return code
    },
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(PING_TIMEOUT_MS) })
    await answer.arrayBuffer()
    return answer.status === 200
  } catch {
    // Nothing listens yet, or the forwarder took the connection before daxd was there.
    return false
  }
}

async function openProbe(link: AgentLink): Promise<Probe> {
  const argv = ['/app/probe']
  const { session, pid } = await link.ask<{ session: number; pid: number }>(
    'spawn',
    { argv },
    COMMAND_TIMEOUT_MS,
  )
  async function askAll(requests: readonly ProbeRequest[]): Promise<ProbeReply[]> {
    const replies: ProbeReply[] = []
    for (let at = 0; at < requests.length; at += PROBE_LINES_PER_MESSAGE) {
      const some = requests.slice(at, at + PROBE_LINES_PER_MESSAGE)
      const input = some.map((request) => JSON.stringify(request))
      const fields = { session, input, timeout_ms: COMMAND_TIMEOUT_MS }
      const limit = COMMAND_TIMEOUT_MS + MARGIN_MS
      const { lines } = await link.ask<{ lines: string[] }>('converse', fields, limit)
      replies.push(...lines.map((line) => JSON.parse(line) as ProbeReply))
    }
    return replies
  }
  return {
    pid,
    askAll,
    ask: async (request) => (await askAll([request]))[0] ?? {},
    async end() {
      const ended = await link.ask<{ code: number | string | null }>(
        'end',
        { session },
        COMMAND_TIMEOUT_MS,
      )
      return ended.code
    },
  }
}

function consoleTail(text: string): string {
  return `--- console ---\n${text.slice(-CONSOLE_TAIL_CHARACTERS)}`
}
