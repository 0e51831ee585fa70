/** The frames of a stream of server-sent events, as the HTML standard has them. */

/** The longest frame that is taken: an event carries one object. */
const FRAME_CHARS_MAX = 16 * 1024 * 1024

/** One frame; one without data only tells where to come back. */
export interface Frame {
  readonly id: string | null
  readonly data: string | null
}

/** Takes text in pieces of any length and gives out the frames that are whole. */
export function createFrameParser(): (text: string) => Frame[] {
  let rest = ''
  return (text) => {
    rest += text
    // A CR at the end may be the first half of a line's end.
    const isHalf = rest.endsWith('\r')
    const lines = (isHalf ? rest.slice(0, -1) : rest).replace(/\r\n?/g, '\n').split('\n\n')
    rest = (lines.pop() ?? '') + (isHalf ? '\r' : '')
    if (rest.length > FRAME_CHARS_MAX) throw new Error(`a frame is over ${FRAME_CHARS_MAX} long`)
    return lines.map(frameOf)
  }
}

function frameOf(text: string): Frame {
  let id: string | null = null
  const data: string[] = []
  for (const line of text.split('\n')) {
    const colon = line.indexOf(':')
    const name = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (name === 'id') id = value
    if (name === 'data') data.push(value)
  }
  return { id, data: data.length === 0 ? null : data.join('\n') }
}
