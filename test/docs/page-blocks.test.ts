import { expect, test } from 'vitest'
import { pageBlocks } from './page-blocks.ts'
import { elided, settled } from './same-output.ts'

const fence = (language: string, content: string): string => `\`\`\`${language}\n${content}\n\`\`\``

test('blocks come in order, each with the output that follows it', () => {
  const page = [
    `<!-- run -->\n${fence('bash', 'one\ntwo')}`,
    `<!-- output -->\n${fence('text', 'shown')}`,
    fence('json', '{}'),
    `<!-- elsewhere: test/disk/faults-page.test.ts -->\n${fence('bash', 'three')}`,
  ]
  expect(pageBlocks(page.join('\n'))).toEqual([
    { role: 'run', test: null, line: 3, commands: 'one\ntwo\n', output: 'shown\n' },
    {
      role: 'elsewhere',
      test: 'test/disk/faults-page.test.ts',
      line: 15,
      commands: 'three\n',
      output: null,
    },
  ])
})

test('a page may say once which test runs it', () => {
  const test_ = 'test/disk/faults-page.test.ts'
  const page = `# Title\n\n<!-- run by ${test_} -->\n<!-- run -->\n${fence('bash', 'one')}`
  const block = { role: 'elsewhere', test: test_, line: 6, commands: 'one\n', output: null }
  expect(pageBlocks(page)).toEqual([block])
})

test.each([
  ['without a mark', fence('bash', 'rm -r x'), 'line 2: commands that no test runs (mark null)'],
  ['with a mark nobody knows', `<!-- later -->\n${fence('bash', 'x')}`, '(mark later)'],
  ['in a file that is no test', `<!-- elsewhere: src/x.ts -->\n${fence('bash', 'x')}`, 'no test'],
  ['in another shell', fence('sh', 'x'), 'the language "sh" is not bash'],
  ['in no language', fence('', 'x'), 'the language "" is not bash'],
  ['that are indented', 'text\n\n    rm -r x', 'line 3: an indented block'],
  ['fenced in a list', '- one\n  ```bash\n  x\n  ```', 'line 2: an indented block'],
  ['without an end', '```bash\nx', 'line 1: a block without an end'],
])('commands %s are refused', (_, page, why) => {
  expect(() => pageBlocks(page)).toThrow(why)
})

test('an output that follows no commands is refused', () => {
  const output = `<!-- output -->\n${fence('text', 'x')}`
  const daemon = `<!-- daemon -->\n${fence('bash', 'x')}`
  const run = `<!-- run -->\n${fence('bash', 'x')}`
  expect(() => pageBlocks(output)).toThrow('does not go with text')
  expect(() => pageBlocks(`${daemon}\n${output}`)).toThrow('does not go with text')
  expect(() => pageBlocks(`${run}\n${output}\n${output}`)).toThrow('a second output')
})

test('process ids, times and the width of columns are no difference, anything else is', () => {
  const shown = 'DEVICE   PATH\nprocess 4711 (x)  "pid": 7\n'
  expect(settled(shown)).toBe(settled('DEVICE PATH\nprocess 12 (x) "pid": 99\n'))
  expect(settled('at 2026-01-02T03:04:05.678Z')).toBe(settled('at 2030-01-02T03:04:05Z'))
  expect(settled(shown)).not.toBe(settled(shown.replace('x', 'y')))
})

test('three dots stand for lines up to the next one that is shown, and for no other line', () => {
  expect(elided('a\nb\nc\nd\n', 'a\n...\nd\n')).toBe('a\n...\nd\n')
  expect(elided('a\nb\nc\n', 'a\n...\nd\n')).toBe('a\nb\nc\n')
  expect(elided('x\nb\nd\n', 'a\n...\nd\n')).toBe('x\n...\nd\n')
})
