import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFrameParser, type Frame } from '../../client/src/event-frames.ts'

const word = fc.string({ maxLength: 8 }).map((text) => text.replace(/[\r\n]/g, '_'))
const frame = fc.record({
  id: fc.option(fc.nat().map(String)),
  data: fc.option(fc.array(word, { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n'))),
})
const lineEnd = fc.constantFrom('\n', '\r\n')

/** A frame as a server writes it. */
function written({ id, data }: Frame, end: string): string {
  const lines = [
    ': a comment',
    ...(id === null ? [] : [`id: ${id}`]),
    'event: device',
    ...(data === null ? [] : data.split('\n').map((line) => `data: ${line}`)),
  ]
  return [...lines, '', ''].join(end)
}

/** The text in pieces, cut at the places given. */
function pieces(text: string, cuts: readonly number[]): string[] {
  const at = cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b)
  const edges = [0, ...at, text.length]
  return edges.slice(1).map((edge, index) => text.slice(edges[index], edge))
}

test('frames come out whole and once, wherever the network has cut their text', () => {
  fc.assert(
    fc.property(
      fc.array(frame, { maxLength: 6 }),
      lineEnd,
      fc.array(fc.nat(), { maxLength: 12 }),
      (frames, end, cuts) => {
        const text = frames.map((one) => written(one, end)).join('')
        const parse = createFrameParser()
        expect(pieces(text, cuts).flatMap(parse)).toEqual(frames)
      },
    ),
  )
})

test('what is not yet whole is kept back, and a field may lack its space or its value', () => {
  const parse = createFrameParser()
  expect(parse('id:7\ndata:{"a"')).toEqual([])
  expect(parse(':1}\ndata\n')).toEqual([])
  expect(parse('\n')).toEqual([{ id: '7', data: '{"a":1}\n' }])
})
