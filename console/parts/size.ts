import { useApp } from '../app.ts'
import { exactBytes, groupedCount, sizeWords } from '../model/size-words.ts'
import { type Drawn, html } from './html.ts'

/** A size as people read it; the exact bytes by pointing at it, or for all sizes by the switch. */
export function Size({ bytes }: { readonly bytes: number }): Drawn {
  const { settings } = useApp()
  const text = settings.isExact.value ? `${groupedCount(bytes)} B` : sizeWords(bytes)
  return html`<span class="size" title=${exactBytes(bytes)}>${text}</span>` as Drawn
}
