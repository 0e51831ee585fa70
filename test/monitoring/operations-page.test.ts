/** docs/operations.md: each of its commands does what it is there for, on a real daemon. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { elsewhere } from '../docs/elsewhere.ts'
import { openTerminal, type Terminal } from '../docs/terminal.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const STEP_TIMEOUT_MS = 60_000
const { blocks: BLOCKS } = elsewhere('docs/operations.md', import.meta.filename)

// Unix sockets have short paths, so this stays directly below the temporary directory.
const directory = mkdtempSync(join(tmpdir(), 'daxd-ops-'))
/** What the page uses that a test must not. */
const PLACES: Readonly<Record<string, string>> = {
  '/run/daxd/daxd.sock': join(directory, 'daxd.sock'),
  '/var/lib/daxd': join(directory, 'state'),
  '/backup': join(directory, 'backup'),
}
/** What commands say that were written wrongly. */
const WRONG = /jq: error|curl: |command not found|syntax error|No such file|error: unknown|FAILED/

function here(text: string): string {
  return Object.entries(PLACES).reduce((now, [from, to]) => now.replaceAll(from, to), text)
}

/** systemd's part: a daemon that outlives the block that starts it, its log kept in a file. */
const SYSTEMCTL = `#!/bin/bash
pid=${directory}/pid
end() { kill "$(cat $pid)" && while kill -0 "$(cat $pid)" 2>/dev/null; do sleep 0.05; done; }
begin() {
  setsid node ${ROOT}/src/main.ts serve --listen unix:${directory}/daxd.sock \\
    --state-dir ${directory}/state >> ${directory}/log 2>&1 < /dev/null & echo $! > $pid
  disown
  for _ in $(seq 400); do
    curl -sf --unix-socket ${directory}/daxd.sock http://localhost/readyz > /dev/null && return
    sleep 0.1
  done
  return 1
}
case "$1" in
  start) begin ;;
  stop) end ;;
  restart) end && begin ;;
  status) kill -0 "$(cat $pid)" && echo "daxd.service - active" ;;
  *) echo "error: unknown $1" >&2; exit 1 ;;
esac
`
const PROGRAMS: Readonly<Record<string, string>> = {
  systemctl: SYSTEMCTL,
  journalctl: `#!/bin/bash\ncat ${directory}/log\n`,
  daxd: `#!/bin/bash\nexec node ${ROOT}/src/main.ts "$@"\n`,
}

let terminal: Terminal
beforeAll(async () => {
  const programs = join(directory, 'bin')
  mkdirSync(programs)
  mkdirSync(join(directory, 'backup'))
  for (const [name, text] of Object.entries(PROGRAMS)) {
    writeFileSync(join(programs, name), text)
    chmodSync(join(programs, name), 0o755)
  }
  const path = [programs, dirname(process.execPath), process.env['PATH']].join(delimiter)
  const env = { ...process.env, PATH: path, DAXD_STATE_DIR: join(directory, 'state') }
  terminal = await openTerminal({ cwd: ROOT, env }, directory)
  expect(await terminal.run('systemctl start daxd')).toEqual({ output: '', status: 0 })
}, STEP_TIMEOUT_MS)

afterAll(async () => {
  await terminal?.run('systemctl stop daxd')
  await terminal?.close()
  rmSync(directory, { recursive: true, force: true })
}, STEP_TIMEOUT_MS)

test('the page has commands, and promises no output', () => {
  expect(BLOCKS.length).toBeGreaterThan(40)
  expect(BLOCKS.filter(({ output }) => output !== null)).toEqual([])
})

for (const { commands, line } of BLOCKS) {
  const [first] = commands.split('\n', 1)
  test(
    `line ${line} does what it says: ${first}`,
    async () => {
      const { output, status } = await terminal.run(here(commands))
      expect(status, output).toBe(0)
      expect(output).not.toMatch(WRONG)
    },
    STEP_TIMEOUT_MS,
  )
}
