import { useEffect, useRef } from 'preact/hooks'
import { useApp } from '../app.ts'
import { type Children, type Drawn, html } from './html.ts'

/**
 * A modal dialog: the browser keeps the focus inside and ends it on Escape; when it is over the
 * focus goes back to where it came from, or to the page's heading when that is gone.
 */
export function Dialog({
  title,
  children,
}: {
  readonly title: string
  readonly children?: Children
}): Drawn {
  const { dialog } = useApp()
  const element = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const before = document.activeElement
    element.current?.showModal()
    return () => {
      const isThere = before instanceof HTMLElement && before.isConnected
      const heading = document.querySelector('main h1')
      const back = isThere ? before : heading
      if (back instanceof HTMLElement) back.focus()
    }
  }, [])
  const close = (): void => {
    dialog.value = null
  }
  return html`<dialog ref=${element} aria-labelledby="dialog-title" onClose=${close}>
    <h2 id="dialog-title">${title}</h2>
    ${children}
  </dialog>` as Drawn
}
