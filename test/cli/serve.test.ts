import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'

const MAIN = join(import.meta.dirname, '../../src/main.ts')
const END_TIMEOUT_MS = 10_000

const directory = mkdtempSync(join(tmpdir(), 'daxd-serve-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/** Runs a daemon that cannot start, until it ends. */
function refusal(state: string, ...flags: string[]) {
  const place = ['--state-dir', join(directory, state), '--listen', '127.0.0.1:0']
  const { status, stderr } = spawnSync(
    process.execPath,
    [MAIN, 'serve', ...place, '--log-level', 'silent', ...flags],
    { encoding: 'utf8', timeout: END_TIMEOUT_MS },
  )
  return { status, stderr }
}

test('a malformed fault specification ends with 2 and says what is malformed', () => {
  const faults = join(directory, 'faults.json')
  writeFileSync(faults, '{"seed":1}')
  const { status, stderr } = refusal('faults', '--faults', faults)
  expect({ status, stderr }).toEqual({
    status: 2,
    stderr: expect.stringMatching(/^daxd: The fault specification is malformed: rules .*\n$/),
  })
})

test(
  'a damaged emulated host ends with 2, though the ledger is open by then',
  () => {
    const state = join(directory, 'damaged')
    const port = refusal('damaged', '--listen', 'unix:/nonexistent/daxd.sock')
    expect(port.status).toBe(2)
    writeFileSync(join(state, 'host', 'region0.json'), 'damage')
    expect(refusal('damaged')).toEqual({
      status: 2,
      stderr: 'daxd: The record region0.json of the emulated host is damaged.\n',
    })
  },
  3 * END_TIMEOUT_MS,
)

test('the doctor judges the state directory that the environment names', () => {
  const { stdout } = spawnSync(process.execPath, [MAIN, 'doctor', '--help'], {
    encoding: 'utf8',
    env: { ...process.env, DAXD_STATE_DIR: '/somewhere/else' },
  })
  expect(stdout).toContain('(default: "/somewhere/else")')
})

test('a reader that closes the pipe of --help early gets no stack trace', () => {
  const script = `"${process.execPath}" "${MAIN}" serve --help | true`
  // Five tries: whether the pipe is closed before the text is written is a matter of luck.
  const told = Array.from({ length: 5 }, () =>
    spawnSync('sh', ['-c', script], { encoding: 'utf8', timeout: END_TIMEOUT_MS }),
  )
  expect(told.map(({ stderr }) => stderr)).toEqual(['', '', '', '', ''])
})
