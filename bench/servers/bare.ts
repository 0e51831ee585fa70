/**
 * What daxd is held against: a bare Fastify POST whose body is checked by zod through the same
 * type provider, and whose answer is JSON of the size of a mapping. No log, no hooks, no state.
 */
import Fastify from 'fastify'
import { validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { z } from 'zod'

const body = z.strictObject({
  handle: z.string().min(1).max(128),
  length: z.union([z.int().min(0), z.string()]),
  exclusive: z.boolean().exactOptional(),
})

const app = Fastify({ logger: false }).withTypeProvider<ZodTypeProvider>()
app.setValidatorCompiler(validatorCompiler)
let count = 0

app.post('/v1/mappings', { schema: { body } }, async (request, reply) => {
  const { handle, length, exclusive = true } = request.body
  count += 1
  const at = '2026-11-23T11:14:42.451Z'
  return reply.code(201).send({
    id: `m-${count}`,
    handle,
    chardev: 'dax0.0',
    generation: 1,
    holder: 'bench',
    lease: null,
    offset: 0,
    length,
    align: 2097152,
    exclusive,
    dontfork: false,
    state: 'live',
    ranges: [{ page_offset: 0, start: 4294967296, end: 4297064447, size: 2097152 }],
    mmap: {
      path: '/tmp/daxd-bench/dev/dax0.0',
      offset: 0,
      length: 2097152,
      prot: ['PROT_READ', 'PROT_WRITE'],
      flags: ['MAP_SHARED'],
      address_align: 2097152,
    },
    revision: count,
    created_at: at,
    updated_at: at,
    labels: {},
  })
})

const url = await app.listen({ host: '127.0.0.1', port: 0 })
process.send?.(Number(new URL(url).port))
