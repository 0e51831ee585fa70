/** Few calls of daxd's API, for what has to stand before a measurement. */
const SETUP_AT_ONCE = 8
const ENOUGH_MS = 30_000

export interface DaxdClient {
  /** Devices of this size, spread over the regions, each open once: the ids of the handles. */
  openDevices(wanted: { count: number; size: number; regions: number }): Promise<string[]>
  /** One batch; the ids of what it made, in order. */
  batch(operations: readonly object[]): Promise<string[]>
  /** One sample of the metrics, by its name and labels as they are written. */
  metric(name: string): Promise<number>
  /** All samples of the metrics, by their names and labels as they are written. */
  metrics(): Promise<ReadonlyMap<string, number>>
}

/** @throws Error with the problem document, whenever daxd refuses. */
export function createDaxdClient(port: number): DaxdClient {
  const url = `http://127.0.0.1:${port}`
  async function post(path: string, body: object): Promise<Record<string, unknown>> {
    const answer = await fetch(`${url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=30' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ENOUGH_MS),
    })
    const text = await answer.text()
    if (!answer.ok || answer.status === 202) throw new Error(`${path}: ${answer.status} ${text}`)
    return JSON.parse(text) as Record<string, unknown>
  }
  async function openDevice(name: string, region: number, size: number): Promise<string> {
    const { chardev } = await post('/v1/namespaces', { name, region, size })
    const { id } = await post(`/v1/devices/${chardev}/handles`, { holder: 'bench' })
    return String(id)
  }
  async function metrics(): Promise<ReadonlyMap<string, number>> {
    const text = await (await fetch(`${url}/metrics`)).text()
    const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
    return new Map(
      samples.map((line) => {
        const end = line.lastIndexOf(' ')
        return [line.slice(0, end), Number(line.slice(end))]
      }),
    )
  }
  return {
    async openDevices({ count, size, regions }) {
      const handles: string[] = []
      const workers = Array.from({ length: SETUP_AT_ONCE }, async (_, first) => {
        for (let at = first; at < count; at += SETUP_AT_ONCE) {
          handles[at] = await openDevice(`bench-${at}`, at % regions, size)
        }
      })
      await Promise.all(workers)
      return handles
    },
    async batch(operations) {
      const { results } = await post('/v1/batch', { atomic: true, operations })
      return (results as { result?: { id: string } }[]).map(({ result }) => result?.id ?? '')
    },
    async metric(name) {
      const value = (await metrics()).get(name)
      if (value === undefined) throw new Error(`daxd tells no ${name}`)
      return value
    },
    metrics,
  }
}
