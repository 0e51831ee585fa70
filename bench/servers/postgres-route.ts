/**
 * What a user would otherwise write: the same route over PostgreSQL. A map locks its device's row
 * with SELECT ... FOR UPDATE, finds the first hole between the device's mappings in SQL and
 * inserts a row; an unmap deletes it.
 */
import Fastify from 'fastify'
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import pg from 'pg'
import { z } from 'zod'

/** The usual size of a pool: more sessions than cores, far fewer than clients. */
const SESSIONS = 16
const START_ATTEMPTS = 100
const START_AGAIN_MS = 100
const CANNOT_CONNECT_NOW = '57P03'

const setting = (name: string) => process.env[`DAXD_BENCH_${name}`] ?? ''
const deviceCount = Number(setting('DEVICES'))
const deviceBytes = Number(setting('DEVICE_BYTES'))
const standing = Number(setting('STANDING'))
const LENGTH = 2 * 2 ** 20

const pool = new pg.Pool({
  host: setting('POSTGRES'),
  user: 'bench',
  database: 'postgres',
  max: SESSIONS,
})

const SCHEMA = `
  CREATE TABLE devices (handle text PRIMARY KEY, size bigint NOT NULL);
  CREATE TABLE mappings (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    handle text NOT NULL REFERENCES devices,
    "offset" bigint NOT NULL,
    length bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (handle, "offset")
  );
  INSERT INTO devices SELECT 'h-' || n, ${deviceBytes} FROM generate_series(0, ${deviceCount - 1}) n;
  INSERT INTO mappings (handle, "offset", length)
    SELECT 'h-' || n % ${deviceCount}, (n / ${deviceCount})::bigint * ${LENGTH}, ${LENGTH}
    FROM generate_series(0, ${standing - 1}) n;
  ANALYZE;
`
const LOCK = { name: 'lock', text: 'SELECT size FROM devices WHERE handle = $1 FOR UPDATE' }
/** Every end of a mapping, and 0, is where a hole may begin; it ends where the next one begins. */
const PLACE = {
  name: 'place',
  text: `
    WITH taken AS (
      SELECT "offset", "offset" + length AS until FROM mappings WHERE handle = $1
      UNION ALL SELECT 0, 0
    ), holes AS (
      SELECT until AS start, lead("offset", 1, $2::bigint) OVER (ORDER BY "offset", until) AS until
      FROM taken
    )
    SELECT start FROM holes WHERE until - start >= $3::bigint ORDER BY start LIMIT 1`,
}
const INSERT = {
  name: 'insert',
  text: `INSERT INTO mappings (handle, "offset", length) VALUES ($1, $2, $3)
    RETURNING id, created_at`,
}
const REMOVE = { name: 'remove', text: 'DELETE FROM mappings WHERE id = $1' }

await createSchema()

const app = Fastify({ logger: false }).withTypeProvider<ZodTypeProvider>()
app.setValidatorCompiler(validatorCompiler)
const body = z.strictObject({ handle: z.string().min(1).max(128), length: z.int().min(0) })

app.post('/v1/mappings', { schema: { body } }, async (request, reply) => {
  const { handle, length } = request.body
  const made = await inTransaction((session) => insertMapping(session, handle, length))
  if (made === null) return reply.code(507).send({ title: 'no hole' })
  return reply.code(201).header('location', `/v1/mappings/${made.id}`).send(made)
})

const params = z.strictObject({ id: z.string().min(1) })
app.delete('/v1/mappings/:id', { schema: { params } }, async (request, reply) => {
  await pool.query({ ...REMOVE, values: [request.params.id] })
  return reply.code(204).send()
})

const url = await app.listen({ host: '127.0.0.1', port: 0 })
process.send?.(Number(new URL(url).port))

async function insertMapping(session: pg.PoolClient, handle: string, length: number) {
  const { rows: devices } = await session.query({ ...LOCK, values: [handle] })
  const { rows: places } = await session.query({
    ...PLACE,
    values: [handle, devices[0].size, length],
  })
  if (places.length === 0) return null
  const offset = Number(places[0].start)
  const { rows } = await session.query({ ...INSERT, values: [handle, offset, length] })
  const { id, created_at } = rows[0]
  return { id, handle, offset, length, created_at, labels: {} }
}

async function inTransaction<T>(build: (session: pg.PoolClient) => Promise<T>): Promise<T> {
  const session = await pool.connect()
  try {
    await session.query('BEGIN')
    const result = await build(session)
    await session.query('COMMIT')
    return result
  } catch (error) {
    await session.query('ROLLBACK')
    throw error
  } finally {
    session.release()
  }
}

/** The socket is there a moment before the server takes sessions. */
async function createSchema(): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await pool.query(SCHEMA)
      return
    } catch (error) {
      const isStarting = (error as { code?: string }).code === CANNOT_CONNECT_NOW
      if (!isStarting || attempt === START_ATTEMPTS) throw error
      await new Promise((resolve) => setTimeout(resolve, START_AGAIN_MS))
    }
  }
}
