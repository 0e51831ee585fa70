import { connect } from 'node:net'

/** No conversation of these tests may take longer, milliseconds. */
const TALK_TIMEOUT_MS = 10_000

/** One answer as it came over the wire. */
export interface RawAnswer {
  readonly status: number
  readonly type: string | undefined
  readonly body: string
}

/**
 * Sends bytes as they are and reads answers until the service closes the connection, or until
 * there are as many as wanted.
 */
export function talk(
  port: number,
  bytes: string | Buffer,
  wanted = Infinity,
): Promise<RawAnswer[]> {
  return new Promise((resolve, reject) => {
    let heard = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes))
    socket.setEncoding('latin1')
    const timer = setTimeout(() => {
      socket.destroy(new Error(`A hang: ${JSON.stringify(heard.slice(0, 500))}`))
    }, TALK_TIMEOUT_MS)
    const done = (): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(answersIn(heard))
    }
    socket.on('data', (text) => {
      heard += text
      if (answersIn(heard).length >= wanted) done()
    })
    socket.once('end', done)
    socket.once('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
  })
}

/** The whole answers in a text, all of which have a Content-Length. */
function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = []
  let rest = text
  for (;;) {
    const end = rest.indexOf('\r\n\r\n')
    const [first = '', ...lines] = rest.slice(0, Math.max(end, 0)).split('\r\n')
    const headers = new Map(
      lines.map((line) => {
        const [name = '', ...value] = line.split(': ')
        return [name.toLowerCase(), value.join(': ')]
      }),
    )
    const start = end + 4
    const length = Number(headers.get('content-length') ?? 0)
    if (end < 0 || rest.length < start + length) return answers
    const body = rest.slice(start, start + length)
    answers.push({ status: Number(first.split(' ')[1]), type: headers.get('content-type'), body })
    rest = rest.slice(start + length)
  }
}
