import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { examineHost } from '../../src/doctor/examine-host.ts'
import type { Finding, HostReport } from '../../src/doctor/host-report.ts'
import { renderReport } from '../../src/doctor/render.ts'
import { createPainter, TERMINAL_COLUMNS, wrap } from '../../src/doctor/terminal.ts'
import { buildTree, configText, RELEASE, SOUND_HOST } from './fake-host.ts'

let sound: HostReport

beforeAll(async () => {
  const root = mkdtempSync(join(tmpdir(), 'daxd-doctor-test-'))
  buildTree(root, SOUND_HOST, { [`/boot/config-${RELEASE}`]: configText('y') })
  sound = await examineHost({ root, backend: 'kernel' })
  rmSync(root, { recursive: true })
})

const PASSED: Finding = {
  id: 'dev_dax',
  group: 'kernel',
  title: 'Device DAX driver',
  status: 'pass',
  counts: true,
  level: 'built_in',
  detail: 'DEV_DAX built in',
  cost: null,
  mend: null,
}
const FAILED: Finding = {
  ...PASSED,
  status: 'fail',
  level: 'not_set',
  detail: 'DEV_DAX not set',
  cost: 'No device can be enabled.',
  mend: 'Boot a kernel built with CONFIG_DEV_DAX.',
}

function render(findings: readonly Finding[], rest: Partial<HostReport> = {}): readonly string[] {
  return renderReport({ ...sound, ...rest, findings }, { color: false }).split('\n')
}

describe('a rendered report', () => {
  it('heads the table with what the host has', () => {
    expect(render([PASSED]).slice(0, 6)).toEqual([
      'daxd doctor: Linux 6.12.1-fake',
      '  memory      2 GiB in all, 1 GiB available, blocks of 128 MiB',
      '  huge pages  transparent madvise (2 MiB), 2 MiB pool 3 free of 8, 1 GiB pool 1 free of 2',
      '  dax         regions 2, devices 3 (1 devdax, 1 system-ram), nvdimm regions 1',
      '  firmware    announces 1 persistent and 0 soft-reserved ranges, 0 CXL windows',
      '  privileges  uid 0, 41 capabilities, no /dev/dax node',
    ])
  })

  it('gives a passed finding one line, and any other its cost and mend', () => {
    const fsDax: Finding = { ...PASSED, title: 'DAX inodes', detail: 'FS_DAX built in' }
    expect(render([fsDax, FAILED], { verdict: 'fail' }).slice(6)).toEqual([
      '',
      'Kernel',
      '  ✔ DAX inodes                          FS_DAX built in',
      '  ✘ Device DAX driver                   DEV_DAX not set',
      '      cost  No device can be enabled.',
      '      mend  Boot a kernel built with CONFIG_DEV_DAX.',
      '',
      'FAIL  the kernel backend cannot work: 1 failure, 0 warnings.',
      '',
    ])
  })

  it('sets apart what the verdict leaves out', () => {
    const remark: Finding = { ...FAILED, status: 'warn', counts: false }
    const lines = render([remark], { verdict: 'pass', backend: 'emulated' })
    expect(lines).toContain('  i Device DAX driver                   DEV_DAX not set')
    expect(lines.slice(-3)).toEqual([
      'i: 1 remark that only the kernel backend minds',
      'PASS  the emulated backend has all it needs.',
      '',
    ])
  })

  it('counts what cannot be seen as a warning', () => {
    const unknown: Finding = { ...FAILED, status: 'unknown', level: 'unknown' }
    expect(render([unknown], { verdict: 'warn', backend: null }).at(-2)).toBe(
      'WARN  this host can work, with 1 warning.',
    )
  })

  it('differs with colours only by colours', () => {
    const report = { ...sound, findings: [PASSED, FAILED], verdict: 'fail' } as const
    const colored = renderReport(report, { color: true })
    expect(colored).toContain('\x1b[31m✘\x1b[0m')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the colours looked for.
    expect(colored.replace(/\x1b\[\d+m/g, '')).toBe(renderReport(report, { color: false }))
  })

  it('stays within the columns and sends no control character of the host to the terminal', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 })
    const finding = fc.record({ detail: text, cost: text, mend: text })
    fc.assert(
      fc.property(finding, fc.constantFrom('warn', 'fail'), (texts, status) => {
        for (const line of render([{ ...FAILED, ...texts, status }])) {
          expect(line.length).toBeLessThanOrEqual(TERMINAL_COLUMNS)
          expect(line).not.toMatch(/\p{Cc}|\p{Cf}/u)
        }
      }),
    )
  })
})

describe('wrapping', () => {
  it('keeps every character that is not a space, in order, and no line too wide', () => {
    const words = fc.array(fc.stringMatching(/^[a-z/]{1,30}$/), { maxLength: 30 })
    fc.assert(
      fc.property(words, fc.integer({ min: 1, max: 40 }), (list, width) => {
        const lines = wrap(list.join(' '), width)
        expect(lines.join('').replaceAll(' ', '')).toBe(list.join(''))
        expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
      }),
    )
  })

  it('paints nothing without colour', () => {
    expect(createPainter(false)('red', 'text')).toBe('text')
  })
})
