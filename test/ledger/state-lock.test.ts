import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { lockStateDirectory } from '../../src/ledger/state-lock.ts'
import { startChild } from './child.ts'
import { temporaryDirectory } from './temporary-directory.ts'

function refusalOf(directory: string): { code: string; message: string } {
  try {
    lockStateDirectory(directory).release()
  } catch (error) {
    const { code, message } = error as { code: string; message: string }
    return { code, message }
  }
  throw new Error('the lock was granted')
}

describe('the lock of a state directory', () => {
  it('makes the directory, notes its owner, and goes with its release', () => {
    const directory = join(temporaryDirectory(), 'lib', 'daxd')
    const lock = lockStateDirectory(directory)
    expect(statSync(directory).mode & 0o777).toBe(0o755)
    expect(readFileSync(join(directory, 'daxd.pid'), 'utf8')).toBe(`${process.pid}\n`)
    lock.release()
    lock.release()
    expect(existsSync(join(directory, 'daxd.pid'))).toBe(false)
    lockStateDirectory(directory).release()
  })

  it('is refused to a second owner in the same process', () => {
    const directory = temporaryDirectory()
    const lock = lockStateDirectory(directory)
    const message = `The state directory ${directory} is in use by another daxd (pid ${process.pid}).`
    expect(refusalOf(directory)).toEqual({ code: 'busy', message })
    lock.release()
  })

  it('is refused while another process has it, by its pid, and freed by kill -9', async () => {
    const directory = temporaryDirectory()
    const child = startChild('hold-lock.ts', [directory])
    expect(await child.nextLine()).toBe('locked')
    const message = `The state directory ${directory} is in use by another daxd (pid ${child.pid}).`
    expect(refusalOf(directory)).toEqual({ code: 'busy', message })
    await child.kill()
    const lock = lockStateDirectory(directory)
    expect(readFileSync(join(directory, 'daxd.pid'), 'utf8')).toBe(`${process.pid}\n`)
    lock.release()
  })

  it('does not repeat a note of the owner that is no pid', () => {
    const directory = temporaryDirectory()
    const lock = lockStateDirectory(directory)
    writeFileSync(join(directory, 'daxd.pid'), 'half a no')
    const message = `The state directory ${directory} is in use by another daxd.`
    expect(refusalOf(directory)).toEqual({ code: 'busy', message })
    lock.release()
  })
})

describe('an unusable state directory', () => {
  const told = (directory: string, reason: string) => ({
    code: 'ledger_failed',
    message: `The state directory ${directory} cannot be used: ${reason}.`,
  })

  it('that is a file is refused', () => {
    const path = join(temporaryDirectory(), 'file')
    writeFileSync(path, '')
    expect(refusalOf(path)).toEqual(told(path, 'it is not a directory'))
  })

  it('below a file is refused', () => {
    const path = join(temporaryDirectory(), 'file')
    writeFileSync(path, '')
    const reason = 'it, or a directory above it, is not a directory'
    expect(refusalOf(join(path, 'state'))).toEqual(told(join(path, 'state'), reason))
  })

  it('where the kernel lets nobody make one is refused, at once', () => {
    const refusal = (): unknown => lockStateDirectory('/proc/daxd-state')
    expect(refusal).toThrow(expect.objectContaining({ code: 'ledger_failed' }))
    expect(refusal).toThrow('/proc/daxd-state cannot be used: it cannot be made there')
  })

  it('whose lock is a directory is refused', () => {
    const directory = temporaryDirectory()
    mkdirSync(join(directory, 'daxd.lock'))
    expect(refusalOf(directory)).toMatchObject({ code: 'ledger_failed' })
  })

  it.skipIf(process.getuid?.() === 0)('that this user may not write is refused', () => {
    const directory = temporaryDirectory()
    chmodSync(directory, 0o555)
    expect(refusalOf(directory)).toEqual(told(directory, 'this user may not write there'))
  })

  it('on a read-only file system is refused', (ctx) => {
    const directory = temporaryDirectory()
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', directory])
    } catch {
      return ctx.skip('mount(8) is refused')
    }
    onTestFinished(() => void execFileSync('umount', ['-l', directory]))
    expect(refusalOf(directory)).toEqual(told(directory, 'its file system is read-only'))
  })
})
