/** The check of who imports whom must turn red for a breach: each is planted in a copied tree. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')
const CHECK_TIMEOUT_MS = 60_000

interface Breach {
  readonly file: string
  readonly text: string
  /** What the check says of it. */
  readonly said: string | null
}

const BREACHES: readonly Breach[] = [
  {
    file: 'src/core/breach.ts',
    text: "import { readFileSync } from 'node:fs'\nexport const read = readFileSync\n",
    said: 'core-is-pure: src/core/breach.ts -> fs',
  },
  {
    file: 'src/core/breach-of-types.ts',
    text: "import type { Clock } from '../ports/clock.ts'\nexport type Mine = Clock\n",
    said: 'core-is-pure: src/core/breach-of-types.ts -> src/ports/clock.ts',
  },
  {
    file: 'src/core/breach-inline.ts',
    text: "import { type Clock } from '../ports/clock.ts'\nexport type Mine = Clock\n",
    said: 'core-is-pure: src/core/breach-inline.ts -> src/ports/clock.ts',
  },
  {
    file: 'src/core/breach-by-export.ts',
    text: "export type { Clock } from '../ports/clock.ts'\n",
    said: 'core-is-pure: src/core/breach-by-export.ts -> src/ports/clock.ts',
  },
  {
    file: 'src/ports/breach.ts',
    text: "export { createRounds } from '../services/rounds.ts'\n",
    said: 'ports-know-core: src/ports/breach.ts -> src/services/rounds.ts',
  },
  {
    file: 'src/services/world/breach.ts',
    text: "import type { FastifyRequest } from 'fastify'\nexport type Mine = FastifyRequest\n",
    said:
      'services-know-core-and-ports: ' +
      'src/services/world/breach.ts -> node_modules/fastify/fastify.js',
  },
  {
    file: 'src/services/breach.ts',
    text: "export const load = () => import('../ledger/sqlite-ledger.ts')\n",
    said: 'services-know-core-and-ports: src/services/breach.ts -> src/ledger/sqlite-ledger.ts',
  },
  {
    file: 'src/backends/other/breach.ts',
    text: "export { createFaults } from '../emulated/faults.ts'\n",
    said: 'backends-know-no-sibling: src/backends/other/breach.ts -> src/backends/emulated/faults.ts',
  },
  {
    file: 'schemas/breach.ts',
    text: "export type { Services } from '../src/services/services.ts'\n",
    said: 'schemas-know-core: schemas/breach.ts -> src/services/services.ts',
  },
  {
    file: 'routes/breach.ts',
    text: "export type { Backend } from '../src/ports/backend.ts'\n",
    said: 'routes-are-thin: routes/breach.ts -> src/ports/backend.ts',
  },
  {
    file: 'src/plugins/breach.ts',
    text: "export type { Services } from '../services/services.ts'\n",
    said: 'plugins-know-core-and-schemas: src/plugins/breach.ts -> src/services/services.ts',
  },
  {
    file: 'src/doctor/breach.ts',
    text: "export { createProcessObserver } from '../procfs/observer.ts'\n",
    said: 'doctor-knows-core-and-ports: src/doctor/breach.ts -> src/procfs/observer.ts',
  },
  {
    file: 'src/ledger/breach.ts',
    text: "export type { World } from '../services/world/world.ts'\n",
    said: 'ledger-knows-core-and-ports: src/ledger/breach.ts -> src/services/world/world.ts',
  },
  {
    file: 'src/identity/breach.ts',
    text: "export type { FastifyRequest } from 'fastify'\n",
    said: 'identity-knows-core-and-ports: src/identity/breach.ts -> node_modules/fastify/fastify.js',
  },
  {
    file: 'src/procfs/breach.ts',
    text: "export { z } from 'zod'\n",
    said: 'procfs-knows-core-and-ports: src/procfs/breach.ts -> node_modules/zod/index.cjs',
  },
  {
    file: 'client/src/breach.ts',
    text: "export { Agent } from 'node:http'\n",
    said: 'client-runs-in-browsers: client/src/breach.ts -> http',
  },
  {
    file: 'console/model/breach.ts',
    text: "export { createServices } from '../../src/services/create-services.ts'\n",
    said: 'console-runs-in-browsers: console/model/breach.ts -> src/services/create-services.ts',
  },
  {
    file: 'client/src/node/breach.ts',
    text: "export type { ProblemView } from '../../../schemas/problem.ts'\n",
    said: 'client-of-node-knows-node: client/src/node/breach.ts -> schemas/problem.ts',
  },
  {
    file: 'src/tracing/breach.ts',
    text: "export type { World } from '../services/world/world.ts'\n",
    said: 'tracing-knows-core-and-ports: src/tracing/breach.ts -> src/services/world/world.ts',
  },
  {
    file: 'src/metrics/breach.ts',
    text: "export type { Gauge } from 'prom-client'\n",
    said: 'metrics-read-services: src/metrics/breach.ts -> node_modules/prom-client/index.js',
  },
  {
    file: 'src/newcomer/breach.ts',
    text: "export { invariant } from '../core/invariant.ts'\n",
    said: 'every-folder-has-a-rule: src/newcomer/breach.ts -> src/core/invariant.ts',
  },
  {
    file: 'src/cli/breach.ts',
    text: "import 'fast-check'\n",
    said: 'no-development-packages: src/cli/breach.ts -> node_modules/fast-check/lib/fast-check.js',
  },
  {
    file: 'src/cli/breach-astray.ts',
    text: "import './is-not-there.ts'\n",
    said: 'no-unresolved: src/cli/breach-astray.ts -> ./is-not-there.ts',
  },
  {
    file: 'src/cli/breach-there.ts',
    text: "export type { Back } from './breach-back.ts'\nexport type There = 1\n",
    // The other half of this cycle tells of it.
    said: null,
  },
  {
    file: 'src/cli/breach-back.ts',
    text: "import type { There } from './breach-there.ts'\nexport type Back = There\n",
    said: 'no-cycles: src/cli/breach-back.ts -> src/cli/breach-there.ts -> src/cli/breach-back.ts',
  },
]

let tree: string
beforeEach(() => {
  tree = mkdtempSync(join(tmpdir(), 'daxd-breach-'))
  for (const name of ['src', 'routes', 'schemas', 'client/src', 'console', 'package.json']) {
    cpSync(join(ROOT, name), join(tree, name), { recursive: true })
  }
})
afterEach(() => rmSync(tree, { recursive: true }))

function plant({ file, text }: Breach): void {
  mkdirSync(dirname(join(tree, file)), { recursive: true })
  writeFileSync(join(tree, file), text)
}

function check(): { readonly exitCode: number | null; readonly said: readonly string[] } {
  const script = join(ROOT, 'scripts/check-dependencies.ts')
  const flags = ['--disable-warning=ExperimentalWarning', script, '--root', tree]
  const { status, stderr } = spawnSync(process.execPath, flags, { encoding: 'utf8' })
  return { exitCode: status, said: stderr.split('\n').filter(Boolean).sort() }
}

test('the tree as it is keeps the rules', { timeout: CHECK_TIMEOUT_MS }, () => {
  expect(check()).toEqual({ exitCode: 0, said: [] })
})

test('each planted breach is named with its rule', { timeout: CHECK_TIMEOUT_MS }, () => {
  for (const breach of BREACHES) plant(breach)
  expect(check()).toEqual({ exitCode: 1, said: BREACHES.flatMap(({ said }) => said ?? []).sort() })
})

test('a single breach is enough to turn the check red', { timeout: CHECK_TIMEOUT_MS }, () => {
  const [breach] = BREACHES
  plant(breach!)
  expect(check()).toEqual({ exitCode: 1, said: [breach!.said] })
})

test('a check that reads no imports is red and not silent', { timeout: CHECK_TIMEOUT_MS }, () => {
  for (const folder of ['src', 'routes', 'schemas', 'client/src', 'console']) {
    rmSync(join(tree, folder), { recursive: true })
    plant({ file: `${folder}/lonely.ts`, text: 'export const alone = 1\n', said: null })
  }
  expect(check()).toEqual({
    exitCode: 1,
    said: ['only 0 imports were found in 5 files: nothing was read'],
  })
})
