import type { IncomingMessage } from 'node:http'
import { StringDecoder } from 'node:string_decoder'
import { KubeApiError } from './kube-api.ts'

/** One object at most: the API server's own bound is 3 MiB. */
const LINE_CHARACTERS_MAX = 8 * 1024 * 1024

/**
 * The JSON values of a stream, one a line, as they come. Its end is the server's: it ends watches
 * after a while.
 * @throws KubeApiError with status 0 when the stream breaks off, or a line is no JSON or endless.
 */
export async function* readWatchLines(
  answer: IncomingMessage,
): AsyncGenerator<unknown, void, undefined> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  try {
    for await (const part of answer as AsyncIterable<Buffer>) {
      const lines = (rest + decoder.write(part)).split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > LINE_CHARACTERS_MAX) throw new Error('a line does not end')
      for (const line of lines) if (line.trim() !== '') yield JSON.parse(line)
    }
  } catch (cause) {
    const { message } = cause as Error
    throw new KubeApiError(0, 'BrokenAnswer', `The watch broke off: ${message}`, { cause })
  } finally {
    answer.destroy()
  }
}
