import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import fp from 'fastify-plugin'
import { jsonSchemaTransform, jsonSchemaTransformObject } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { emptyQuery } from '../../schemas/common.ts'
import { ROUTE_TAGS, withContract } from '../../schemas/contract.ts'
import { API_DESCRIPTION } from './api-description.ts'
import { createBodyNotes } from './body-notes.ts'
import { usedComponents } from './used-components.ts'

/** Everything comes from the service itself, so that the page works without a network. */
const DOCS_CSP = [
  "default-src 'self'",
  "img-src 'self' data:",
  "style-src 'self' 'unsafe-inline'",
  "object-src 'none'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
].join('; ')

/** Long enough for a page's reload, short enough for an upgrade of the service. */
const DOCUMENT_CACHING = 'private, max-age=60'

/**
 * OpenAPI 3.1 at /openapi.json, out of the schemas that check the requests, and a page to browse
 * it at /docs. Only routes registered after this plugin are in it.
 */
export const openapi = fp<{ readonly version: string }>(
  async (app, { version }) => {
    const bodies = createBodyNotes()
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: {
          title: 'daxd',
          version,
          description: API_DESCRIPTION,
          license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
        },
        tags: [...ROUTE_TAGS],
        components: {
          securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
        },
        security: [{}, { token: [] }],
      },
      transform(route) {
        bodies.note(route)
        return jsonSchemaTransform(route)
      },
      transformObject: (document) =>
        bodies.tell(usedComponents(jsonSchemaTransformObject(document))),
    })
    await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: DOCS_CSP })
    const schema = withContract({
      summary: 'This document',
      tags: ['service'],
      querystring: emptyQuery,
      response: {
        200: {
          description: 'OpenAPI 3.1.',
          content: { 'application/json': { schema: z.looseObject({ openapi: z.string() }) } },
        },
      },
    })
    let text: string | undefined
    app.get('/openapi.json', { schema }, async (_request, reply) => {
      text ??= JSON.stringify(app.swagger())
      return reply.header('cache-control', DOCUMENT_CACHING).type('application/json').send(text)
    })
  },
  { name: 'daxd-openapi', fastify: '5.x' },
)
