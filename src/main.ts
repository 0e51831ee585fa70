#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

/**
 * Threads for reading files. A host that hangs keeps the thread that asks it for as long as it
 * hangs, and a look at a region may ask in several: with Node's four, one hung region would stop
 * all that daxd reads. An operator's own number counts; an empty one is none.
 */
const READING_THREADS = '64'

enableCompileCache()
process.env['UV_THREADPOOL_SIZE'] ||= READING_THREADS
const { run } = await import('./cli/run.ts')
process.exitCode = await run(process.argv)
