/** What every part of the page is written with. */
import type { ComponentChildren, VNode } from 'preact'

export { html } from 'htm/preact'

/** What a component draws: one element or several. */
export type Drawn = VNode | VNode[] | null
export type Children = ComponentChildren
