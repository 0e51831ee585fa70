import { expect, test } from 'vitest'
import { addressOf, readAddress } from '../../console/model/address.ts'
import { cellWords } from '../../console/model/cell-words.ts'
import { naturalOrder } from '../../console/model/natural-order.ts'
import { piecesOf } from '../../console/model/pieces.ts'
import { layOut } from '../../console/model/region-layout.ts'
import * as words from '../../console/model/size-words.ts'
import { agoWords, durationWords } from '../../console/model/time-words.ts'
import { moved, wholeWindow, zoomed } from '../../console/model/zoom.ts'

const GIB = 2 ** 30

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1024, '1 KiB'],
  [65_011_712, '62 MiB'],
  [1.5 * GIB, '1.5 GiB'],
  [GIB - 1, '1 GiB'],
  [2 ** 53 - 1, '8 PiB'],
])('%i bytes are %s', (bytes, said) => {
  expect(words.sizeWords(bytes)).toBe(said)
})

test('exact bytes and counts are grouped, so that they can be read', () => {
  expect(words.exactBytes(1)).toBe('1 byte')
  expect(words.exactBytes(67_108_864)).toBe('67,108,864 bytes')
  expect(words.addressWords(0x1_4000_0000)).toBe('0x140000000')
  expect(words.rateWords(524_288_000.4)).toBe('500 MiB/s')
  expect(words.countWords(1, 'hole')).toBe('1 hole')
  expect(words.countWords(12_345, 'hole')).toBe('12,345 holes')
})

test.each([
  [0, 0, '0 %'],
  [0, 10, '0 %'],
  [1, 1_000_000, '< 0.1 %'],
  [999_999, 1_000_000, '> 99.9 %'],
  [997, 1000, '99 %'],
  [1, 8, '13 %'],
  [10, 10, '100 %'],
])('%i of %i is %s: neither nothing of something nor all of less', (part, whole, said) => {
  expect(words.percentWords(part, whole)).toBe(said)
})

test.each([
  [-5, '0s'],
  [59_999, '59s'],
  [61_000, '1m 01s'],
  [7_500_000, '2h 05m'],
  [273_600_000, '3d 04h'],
])('%i ms are %s', (ms, said) => {
  expect(durationWords(ms)).toBe(said)
})

test('how long ago something was is told in one unit', () => {
  const now = Date.parse('2026-11-23T12:00:00Z')
  const instants = ['2026-11-23T11:59:55Z', '2026-11-23T11:55:00Z', '2026-11-20T11:00:00Z']
  expect(instants.map((at) => agoWords(at, now))).toEqual(['just now', '5 min ago', '3 d ago'])
})

test('a deep link survives the names that people give, and what is no link leads home', () => {
  const ids = ['dax0.3', 'a/b', 'größe 100%', '#', '']
  const read = ids.map((id) => readAddress(addressOf('claims', id)).id)
  expect(read).toEqual(['dax0.3', 'a/b', 'größe 100%', '#', null])
  expect(readAddress('#/nowhere/x')).toEqual({ view: 'regions', id: null })
  expect(readAddress('#/devices/%zz')).toEqual({ view: 'devices', id: '%zz' })
})

test('names are in the order in which people count', () => {
  const names = ['dax0.10', 'dax1.0', 'dax0.2', 'dax0.1']
  expect(names.sort(naturalOrder)).toEqual(['dax0.1', 'dax0.2', 'dax0.10', 'dax1.0'])
})

test('a cell is told in words: what it is, whose, how much, where, and which of its ranges', () => {
  const region = { start: 0, size: 4 * GIB }
  const pieces = piecesOf(region, [
    { start: 0, end: GIB, chardev: 'dax0.0', owner: 'red' },
    { start: GIB, end: 2 * GIB, chardev: 'dax0.1', owner: 'blue' },
    { start: 2 * GIB, end: 3 * GIB, chardev: 'dax0.0', owner: 'red' },
  ])
  const cells = layOut(pieces, wholeWindow(region), 400)
  expect(cells.map((cell) => cellWords(cell, pieces, false))).toEqual([
    'dax0.0 · red · 1 GiB at 0x0 · range 1 of 2',
    'dax0.1 · blue · 1 GiB at 0x40000000',
    'dax0.0 · red · 1 GiB at 0x80000000 · range 2 of 2',
    'free: 1 GiB at 0xc0000000',
  ])
})

test('a cell that several share says how many they are and what is free among them', () => {
  const region = { start: 0, size: 1000 * GIB }
  const pieces = piecesOf(
    region,
    Array.from({ length: 10 }, (_, at) => ({
      start: at * 8192,
      end: at * 8192 + 4096,
      chardev: `dax0.${at}`,
      owner: 'me',
    })),
  )
  const [cell] = layOut(pieces, wholeWindow(region), 400)
  const told = '10 devices · of me · 36 KiB free in 9 holes · from 0x0'
  expect(cellWords(cell!, pieces, false)).toBe(told)
  expect(cellWords(cell!, pieces, true)).toBe(told.replace('free', 'free or of others'))
})

test('looking closer stays inside the region and keeps what one looks at', () => {
  const region = { start: 1000 * GIB, size: 16 * GIB }
  const whole = wholeWindow(region)
  const middle = region.start + 8 * GIB
  const closer = zoomed(region, whole, middle, 1 / 4)
  expect(closer).toEqual({ start: region.start + 6 * GIB, end: region.start + 10 * GIB })
  expect(zoomed(region, whole, region.start, 1 / 4).start).toBe(region.start)
  expect(zoomed(region, closer, middle, 100)).toEqual(whole)
  const end = region.start + region.size
  expect(moved(region, closer, 10)).toEqual({ start: end - 4 * GIB, end })
})
