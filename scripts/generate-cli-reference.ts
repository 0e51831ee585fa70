/**
 * Makes the made parts of docs/cli.md anew from the command line itself; test/docs/cli.test.ts
 * sees to it that they are.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createWholeProgram } from '../src/cli/whole-program.ts'
import { withMadeParts } from './cli-reference.ts'

const PAGE = resolve(import.meta.dirname, '../docs/cli.md')

writeFileSync(PAGE, withMadeParts(readFileSync(PAGE, 'utf8'), createWholeProgram()))
