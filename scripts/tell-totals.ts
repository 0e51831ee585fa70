/**
 * Prints what a run of vitest came to, from its JSON report: totals, and the name of every test
 * that was skipped, so that none is left out in silence.
 */
import { readFileSync } from 'node:fs'
import { relative } from 'node:path'

interface Report {
  readonly numTotalTests: number
  readonly numPassedTests: number
  readonly numFailedTests: number
  readonly testResults: readonly {
    readonly name: string
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[]
  }[]
}

const [path = ''] = process.argv.slice(2)
const report = JSON.parse(readFileSync(path, 'utf8')) as Report
const left = report.testResults.flatMap(({ name, assertionResults }) =>
  assertionResults
    .filter(({ status }) => status !== 'passed' && status !== 'failed')
    .map(({ status, fullName }) => `${status}: ${relative('.', name)}: ${fullName}`),
)
for (const line of left) console.log(line)
console.log(
  `tests: ${report.numTotalTests} in ${report.testResults.length} files,`,
  `${report.numPassedTests} passed, ${report.numFailedTests} failed, ${left.length} skipped`,
)
