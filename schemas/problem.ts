import { z } from 'zod'
import { CODES, type Errno, type ErrorCode, STATUS_BY_ERRNO } from '../src/core/error-codes.ts'
import { bytesOutput } from './common.ts'
import { holderView } from './holder.ts'

const issue = z
  .object({
    path: z.string().describe('A JSON pointer that starts with the part: `/body/size`.'),
    message: z.string(),
  })
  .meta({ id: 'Issue' })

/** RFC 9457 with the members that `api.md` adds. */
export const problemView = z
  .object({
    type: z.string().describe('A stable URN, `urn:daxd:error:` and the code.'),
    title: z.string(),
    status: z.int(),
    detail: z.string().exactOptional().describe('One sentence for people. Absent for defects.'),
    instance: z.string().exactOptional().describe('The path of the request.'),
    code: z
      .enum(Object.keys(CODES) as ErrorCode[])
      .describe('A stable slug, finer than errno. New ones may be added.'),
    errno: z
      .enum(Object.keys(STATUS_BY_ERRNO) as Errno[])
      .exactOptional()
      .describe("The kernel's name; absent for refusals that are HTTP's own."),
    issues: z.array(issue).exactOptional().describe('What is malformed, and where.'),
    holders: z.array(holderView).exactOptional().describe('Who keeps the object busy.'),
    suggested_size: bytesOutput.exactOptional().describe('A size that would succeed.'),
    available_size: bytesOutput.exactOptional(),
    max_available_extent: bytesOutput.exactOptional().describe('The largest hole, bytes.'),
    failed_index: z.int().min(0).exactOptional().describe('Which operation of a batch failed.'),
    retry_after_s: z.number().min(0).exactOptional().describe('Seconds; also `Retry-After`.'),
  })
  .meta({ id: 'Problem', description: 'A refusal or a failure (RFC 9457).' })
export type ProblemView = z.output<typeof problemView>
