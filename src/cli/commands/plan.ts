import type { Command } from 'commander'
import type { ClaimView, NamespaceView } from '../../../schemas/index.ts'
import { clientCommand, connectionOptions } from '../client-command.ts'
import { shortSize } from '../output/human-size.ts'
import { type SessionDeps, type SessionFlags, sessionAction } from '../session.ts'
import { type ClaimFlags, claimBody, claimOptions } from './claim-request.ts'
import { type NamespaceFlags, namespaceBody, namespaceOptions } from './namespace-request.ts'

const NOTES = `Nothing is changed. The refusal, if there is one, is the very one that the real
call would get, and so is the exit code.`

/** Adds `daxd plan namespace | claim`: what would happen. */
export function addPlan(program: Command, deps: SessionDeps): void {
  const plan = program
    .command('plan')
    .summary('say what a creation or a claim would get, and change nothing')
    .description('say what a creation or a claim would get, and change nothing')
    .helpGroup('Memory in one step:')
  const namespace = clientCommand(plan, {
    name: 'namespace',
    summary: 'what "daxd create-namespace" would make, and where',
    group: 'Commands:',
    examples: ['plan namespace -r 0 -s 4g', 'plan namespace --persistence volatile -s max'],
    notes: NOTES,
  })
  connectionOptions(namespaceOptions(namespace)).action(
    sessionAction<NamespaceFlags & SessionFlags>(deps, async (session, flags) => {
      const body = await namespaceBody(session, flags)
      const options = { dryRun: true, signal: session.signal }
      const planned = await session.daxd.namespaces.create(body, options)
      if (session.json) session.printJson(planned)
      else session.print(namespacePlan(planned))
      return 'done'
    }),
  )
  const claim = clientCommand(plan, {
    name: 'claim',
    summary: 'what "daxd claim" would get',
    group: 'Commands:',
    examples: ['plan claim -s 100m', 'plan claim web -s 64m --slice'],
    notes: NOTES,
  }).argument('[name]', 'its name', 'plan')
  connectionOptions(claimOptions(claim)).action(
    sessionAction<ClaimFlags>(deps, async (session, flags, [name = 'plan']) => {
      const options = { dryRun: true, signal: session.signal }
      const planned = await session.daxd.claims.put(name, claimBody(flags), options)
      if (session.json) session.printJson(planned)
      else session.print(claimPlan(planned))
      return 'done'
    }),
  )
}

function namespacePlan({ region, size, align, mode, ranges }: NamespaceView): string {
  const hex = (value: number): string => `0x${value.toString(16)}`
  const pieces = ranges.map(
    ({ start, end, size: piece }) => `  ${hex(start)}-${hex(end)}  ${shortSize(piece)}\n`,
  )
  const apart = ranges.length > 1 ? `, in ${ranges.length} pieces` : ''
  const what = `${shortSize(size)} ${mode}, align ${shortSize(align)}`
  return `would take ${what}, of region ${region}${apart}\n${pieces.join('')}`
}

function claimPlan({ size, length, sharing, namespace, offset, align }: ClaimView): string {
  const rounded = length === size ? '' : ` (asked: ${shortSize(size)}; rounded up)`
  const aligned = align === null ? '' : `, align ${shortSize(align)}`
  const where =
    sharing === 'slice' && namespace !== null
      ? `, in pool ${namespace} at 0x${offset.toString(16)}`
      : ''
  return `would get ${shortSize(length)}${rounded} ${sharing}${aligned}${where}\n`
}
