import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { COMMAND_OUTPUT_BYTES_MAX, createRunCommand } from '../../src/doctor/run-command.ts'

const run = createRunCommand(500)

describe('running a tool', () => {
  it('answers what it prints', async () => {
    expect(await run('/bin/echo', ['76.1'])).toEqual({ ok: true, stdout: '76.1\n' })
  })

  it('answers a failure for one that is not there, without rejecting', async () => {
    expect(await run('/nonexistent/ndctl', [])).toEqual({ ok: false, stdout: '' })
  })

  it('kills one that does not end, though it ignores SIGTERM', async () => {
    const start = performance.now()
    const result = await run('/bin/sh', ['-c', "trap '' TERM; while :; do sleep 1; done"])
    expect(result).toEqual({ ok: false, stdout: '' })
    expect(performance.now() - start).toBeLessThan(5_000)
  })

  it('kills one that prints without end', async () => {
    const { ok, stdout } = await createRunCommand(10_000)('/bin/sh', ['-c', 'exec yes'])
    expect(ok).toBe(false)
    expect(stdout.length).toBeLessThanOrEqual(COMMAND_OUTPUT_BYTES_MAX)
  })

  it('gives one that waits for input its end', async () => {
    expect(await run('/bin/cat', [])).toEqual({ ok: true, stdout: '' })
  })

  it('hands it none of our environment', async () => {
    vi.stubEnv('DAXD_SECRET', 'secret')
    onTestFinished(() => void vi.unstubAllEnvs())
    const { stdout } = await run('/usr/bin/env', [])
    expect(stdout.split('\n').sort()).toEqual([
      '',
      'LC_ALL=C',
      'PATH=/usr/sbin:/usr/bin:/sbin:/bin',
    ])
  })
})
