import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { withMadeParts } from '../../scripts/cli-reference.ts'
import { createWholeProgram } from '../../src/cli/whole-program.ts'

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/cli.md'), 'utf8')

test('the reference says what the command line says of itself', () => {
  expect(withMadeParts(PAGE, createWholeProgram())).toBe(PAGE)
})

test('every command that speaks to a daemon has examples, and none of an option that it lacks', () => {
  const program = createWholeProgram()
  const examples = [...PAGE.matchAll(/^ {2}\$ daxd (.*)$/gm)].map(([, line = '']) => line)
  expect(examples.length).toBeGreaterThan(40)
  const unknown = examples.flatMap((line) => {
    const words = (line.split(' -- ')[0] ?? '').split(' ')
    let command = program
    for (const word of words) {
      command = command.commands.find((one) => one.name() === word) ?? command
    }
    const long = words.filter((word) => word.startsWith('--'))
    const known = command.options.map((option) => option.long)
    return long.filter((word) => !known.includes(word)).map((word) => `${line}: ${word}`)
  })
  expect(unknown).toEqual([])
})
