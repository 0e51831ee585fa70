import { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import { createThreadCaller } from '../../src/ledger/thread-caller.ts'

function callerOf(script: string) {
  const head = "const { parentPort } = require('node:worker_threads');"
  return createThreadCaller(new Worker(head + script, { eval: true, execArgv: [] }))
}

it('gives answers and refusals to whoever asked, in order', async () => {
  const caller = callerOf(`
    let at = 0
    parentPort.on('message', (request) => {
      at += 1
      const failure = { code: 'ledger_full', detail: 'no room', cause: undefined }
      if (request.ask === 'commit') parentPort.postMessage({ ok: false, failure })
      else {
        const batch = { cells: [], events: [] }
        parentPort.postMessage({ ok: true, answer: { batch, next: at } })
      }
      if (request.ask === 'close') parentPort.close()
    })`)
  const asked = [
    caller.ask({ ask: 'rows', from: 0 }),
    caller.ask({ ask: 'commit', batch: { cells: [], events: [] }, audits: [] }),
    caller.ask({ ask: 'rows', from: 1 }),
  ]
  const outcomes = await Promise.allSettled(asked)
  expect(outcomes).toEqual([
    { status: 'fulfilled', value: { batch: { cells: [], events: [] }, next: 1 } },
    { status: 'rejected', reason: expect.objectContaining({ code: 'ledger_full' }) },
    { status: 'fulfilled', value: { batch: { cells: [], events: [] }, next: 3 } },
  ])
  await caller.ask({ ask: 'close' })
  await caller.ended
})

it.each([
  ['exits', 'process.exit(3)'],
  ['throws', "throw new Error('planted')"],
])('a thread that %s fails those who wait and those who ask later', async (_how, act) => {
  const caller = callerOf(`parentPort.on('message', () => { ${act} })`)
  const failed = { status: 'rejected', reason: expect.objectContaining({ code: 'ledger_failed' }) }
  const waiting = [caller.ask({ ask: 'open' }), caller.ask({ ask: 'rows', from: 0 })]
  expect(await Promise.allSettled(waiting)).toEqual([failed, failed])
  await caller.ended
  expect(await Promise.allSettled([caller.ask({ ask: 'open' })])).toEqual([failed])
})
