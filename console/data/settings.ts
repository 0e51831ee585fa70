/** What the reader has chosen for the page itself; kept in the browser, and nothing else is. */
import { type Signal, signal } from '@preact/signals'

export const THEMES = ['system', 'light', 'dark'] as const
export type Theme = (typeof THEMES)[number]

const THEME_KEY = 'daxd-theme'

export interface Settings {
  readonly theme: Signal<Theme>
  /** Sizes to the last byte instead of rounded. */
  readonly isExact: Signal<boolean>
}

/** The settings of last time, and their marks on the document; changes are kept. */
export function createSettings(store: Storage, root: HTMLElement): Settings {
  const kept = store.getItem(THEME_KEY)
  const theme = signal<Theme>(THEMES.find((name) => name === kept) ?? 'system')
  theme.subscribe((chosen) => {
    if (chosen === 'system') {
      store.removeItem(THEME_KEY)
      delete root.dataset['theme']
    } else {
      store.setItem(THEME_KEY, chosen)
      root.dataset['theme'] = chosen
    }
  })
  return { theme, isExact: signal(false) }
}
