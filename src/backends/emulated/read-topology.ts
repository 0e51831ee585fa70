import { createReadStream } from 'node:fs'
import { parse } from 'yaml'
import { DaxError } from '../../core/errors.ts'
import { InvariantViolation } from '../../core/invariant.ts'
import { DEFAULT_TOPOLOGY } from './default-topology.ts'
import { mergeSources } from './merge-sources.ts'
import type { Topology } from './topology.ts'
import { parseTopologySource, type TopologySource } from './topology-source.ts'

/** A listing of ten thousand devices has about 4 MiB. */
const TOPOLOGY_FILE_MAX_BYTES = 8 * 1024 * 1024

/**
 * The emulated host that these files describe together; the default one without files. A file is
 * our own description in YAML or JSON, or the output of `daxctl list -RDMi` or `ndctl list -RNDi`.
 * @throws DaxError `malformed` (EINVAL), naming the file and the place in it.
 */
export async function readTopology(files: readonly string[]): Promise<Topology> {
  if (files.length === 0) return DEFAULT_TOPOLOGY
  const sources: TopologySource[] = []
  for (const file of files) {
    const text = await inContext(file, () => readText(file))
    sources.push(await inContext(file, async () => parseTopologySource(parseText(text))))
  }
  return inContext(files.join(', '), async () => mergeSources(sources))
}

/** Turns a failure into a `malformed` that names the file. */
async function inContext<T>(file: string, run: () => Promise<T>): Promise<T> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof InvariantViolation) throw error
    const message = error instanceof Error ? error.message : String(error)
    // A parser shows the place in further lines; the first one has its numbers.
    const detail = message.replace(/:?\n.*$/s, '')
    const facts = error instanceof DaxError ? error.facts : {}
    throw new DaxError('malformed', `Topology ${file}: ${detail}`, facts, error)
  }
}

/** Counts while it reads: the file may be a pipe that a tool writes into. */
async function readText(file: string): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > TOPOLOGY_FILE_MAX_BYTES) {
      throw new DaxError('malformed', `it has more than ${TOPOLOGY_FILE_MAX_BYTES} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

/** JSON is YAML, too, but its own parser is much faster on a long listing. */
function parseText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return parse(text, { logLevel: 'error' })
  }
}
