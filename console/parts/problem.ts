import { DaxdConnectionError, DaxdError, type HolderView } from '../../client/src/index.ts'
import { type Drawn, html } from './html.ts'
import { Size } from './size.ts'

/** A failure, as far as anything is known of it. */
export type Failure = unknown

/** Who keeps something busy, in a line. */
function holderWords(holder: HolderView): string {
  switch (holder.kind) {
    case 'process':
      return `process ${holder.comm} (pid ${holder.pid})`
    case 'handle':
    case 'mapping':
      return `${holder.kind} ${holder.id} of ${holder.holder}`
    case 'others':
      return holder.count === 1 ? 'somebody of another tenant' : `${holder.count} of other tenants`
    default:
      return `${holder.kind} ${holder.id}`
  }
}

/**
 * A refusal with its numbers: who is in the way, what there is, and a size that would do, which
 * `onSize` takes over.
 */
export function Problem({
  failure,
  onSize,
}: {
  readonly failure: Failure
  readonly onSize?: (bytes: number) => void
}): Drawn {
  if (!(failure instanceof DaxdError)) return OtherFailure(failure)
  const { problem, errno, code, status } = failure
  const {
    detail,
    title,
    holders = [],
    issues = [],
    suggested_size,
    request_id,
  } = {
    request_id: undefined,
    ...problem,
  }
  return html`<div class="problem" role="alert">
    <p class="what">${detail ?? title}</p>
    <p class="codes">${[errno, code, `HTTP ${status}`, request_id].filter(Boolean).join(' · ')}</p>
    ${Numbers(failure)}
    ${
      issues.length > 0 &&
      html`<ul>
        ${issues.map(({ path, message }) => html`<li><code>${path}</code> ${message}</li>`)}
      </ul>`
    }
    ${
      holders.length > 0 &&
      html`<p>In the way:</p>
        <ul>
          ${holders.map((holder) => html`<li>${holderWords(holder)}</li>`)}
        </ul>`
    }
    ${
      suggested_size !== undefined &&
      onSize !== undefined &&
      html`<button type="button" onClick=${() => onSize(suggested_size)}>
        Take <${Size} bytes=${suggested_size} /> instead
      </button>`
    }
  </div>` as Drawn
}

function Numbers({ suggested_size, available_size, max_available_extent }: DaxdError): Drawn {
  const numbers = [
    ['Would succeed', suggested_size],
    ['Available', available_size],
    ['Largest free extent', max_available_extent],
  ] as const
  const told = numbers.filter(([, bytes]) => bytes !== undefined)
  if (told.length === 0) return null
  return html`<dl class="numbers">
    ${told.map(
      ([name, bytes]) => html`<div><dt>${name}</dt><dd><${Size} bytes=${bytes} /></dd></div>`,
    )}
  </dl>` as Drawn
}

function OtherFailure(failure: Failure): Drawn {
  const isUnknown = failure instanceof DaxdConnectionError
  const text = failure instanceof Error ? failure.message : String(failure)
  return html`<div class="problem" role="alert">
    <p class="what">${isUnknown ? 'No answer of daxd.' : 'The page has a defect.'}</p>
    <p class="codes">${text}</p>
    ${isUnknown && html`<p>Whether the change was made is not known; the lists will show it.</p>`}
  </div>` as Drawn
}
