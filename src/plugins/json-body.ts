import { isUtf8 } from 'node:buffer'
import fp from 'fastify-plugin'
import { DaxError } from '../core/errors.ts'
import type { Admission } from './admission.ts'

export const JSON_TYPE = 'application/json'
export const MERGE_PATCH_TYPE = 'application/merge-patch+json'

/**
 * JSON is the only body. Of duplicate keys the last counts, as JSON.parse has it; keys that could
 * reach a prototype are refused; an empty body is an absent one. Bytes that are no UTF-8 are
 * refused, for decoding would silently put other characters in their place. Large bodies are read
 * in turn, since reading one keeps everybody else waiting.
 */
export const jsonBody = fp<{ readonly inTurn: Admission['inTurn'] }>(
  async (app, { inTurn }) => {
    const parse = app.getDefaultJsonParser('error', 'error')
    app.removeAllContentTypeParsers()
    app.addContentTypeParser(
      [JSON_TYPE, MERGE_PATCH_TYPE],
      { parseAs: 'buffer' },
      (request, body: Buffer, done) => {
        inTurn(request, body, (refusal) => {
          if (refusal !== null || body.length === 0) {
            done(refusal, undefined)
            return
          }
          if (!isUtf8(body)) {
            done(new DaxError('malformed', 'The body is not UTF-8.'))
            return
          }
          parse(request, body.toString('utf8'), (error, value) => {
            // The framework gives an absent body to the validator as null, so a null that somebody
            // sent must not get so far.
            if (error === null && value === null) done(nothing())
            else done(error, value)
          })
        })
      },
    )
    app.addHook('onRequest', (request, _reply, done) => {
      const encoding = request.headers['content-encoding'] ?? 'identity'
      if (encoding !== 'identity') {
        done(new DaxError('unsupported_media_type', 'A body must not be compressed.'))
      } else if (request.mediaType === MERGE_PATCH_TYPE && request.method !== 'PATCH') {
        done(new DaxError('unsupported_media_type', 'A merge patch is for PATCH alone.'))
      } else {
        done()
      }
    })
  },
  { name: 'daxd-json-body', fastify: '5.x' },
)

function nothing(): DaxError {
  const issues = [{ path: '/body', message: 'must not be null' }]
  return new DaxError('malformed', '/body: must not be null.', { issues })
}
