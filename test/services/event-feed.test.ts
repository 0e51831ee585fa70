import { expect, test } from 'vitest'
import { openMemoryLedger } from '../../src/ledger/memory-ledger.ts'
import { createEventFeed } from '../../src/services/event-feed.ts'
import { serviceFixture } from './fixture.ts'
import { leaseDraft } from './world/drafts.ts'
import { outcome } from './world/fixture.ts'
import { scriptedLedger } from './world/scripted-ledger.ts'

async function feedOver(eventsKept: number) {
  const fixture = await serviceFixture(scriptedLedger(openMemoryLedger({ eventsKept })))
  const feed = createEventFeed(fixture)
  const make = (first: number, count: number) =>
    fixture.world.commit((tx) => {
      for (let at = first; at < first + count; at += 1) tx.create('lease', leaseDraft(`l-${at}`))
    })
  return { ...fixture, feed, make }
}

const ids = (events: readonly { id: string }[]): string[] => events.map(({ id }) => id)

test('watchers are told durable changes in order, once, until they leave', async () => {
  const { feed, make, ledger, world } = await feedOver(100)
  const told: number[] = []
  const leave = feed.subscribe(() => void told.push(feed.newest()), null)
  ledger.hold()
  const made = make(1, 2)
  await ledger.held()
  expect([told, feed.newest(), feed.watchers()]).toEqual([[], 0, 1])
  ledger.open()
  await made
  expect([told, feed.newest()]).toEqual([[2], 2])
  leave()
  await make(3, 1)
  expect([told, feed.watchers(), world.lastRevision()]).toEqual([[2], 0, 3])
})

test('what a watcher missed is told page by page from the revision it had', async () => {
  const { feed, make } = await feedOver(100)
  await make(1, 5)
  expect(ids(await feed.since(1, 2))).toEqual(['l-2', 'l-3'])
  expect(ids(await feed.since(3, 10))).toEqual(['l-4', 'l-5'])
  expect(ids(await feed.since(null, 2))).toEqual(['l-1', 'l-2'])
  expect(await feed.since(5, 10)).toEqual([])
})

test('events of before the start come from the ledger; those no longer kept are gone', async () => {
  const { make, ledger } = await feedOver(3)
  await make(1, 2)
  await make(3, 3)
  const second = await serviceFixture(ledger)
  const feed = createEventFeed(second)
  expect(ids(await feed.since(2, 10))).toEqual(['l-3', 'l-4', 'l-5'])
  expect(await outcome(feed.since(1, 10))).toEqual({ error: 'events_gone' })
  expect(feed.newest()).toBe(5)
})

test('a revision that has not been is gone: the books are older than who asks', async () => {
  const { feed, make } = await feedOver(100)
  await make(1, 5)
  expect(await outcome(feed.since(6, 10))).toEqual({ error: 'events_gone' })
})

test('a long life keeps only the newest events in memory and finds the rest in the ledger', async () => {
  const { feed, make } = await feedOver(100_000)
  await make(1, 15_000)
  await make(15_001, 15_000)
  const all: string[] = []
  while (all.length < 30_000) all.push(...ids(await feed.since(all.length, 1000)))
  expect(all).toEqual(Array.from({ length: 30_000 }, (_, at) => `l-${at + 1}`))
  expect(ids(await feed.since(29_998, 10))).toEqual(['l-29999', 'l-30000'])
})
