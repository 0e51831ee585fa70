/** What every part of the page may need, made once by main.ts and handed down as a context. */
import { type ReadonlySignal, type Signal, signal } from '@preact/signals'
import { createContext, type VNode } from 'preact'
import { useContext } from 'preact/hooks'
import type { Daxd } from '../client/src/index.ts'
import type { Connection } from './data/connection.ts'
import type { HostState } from './data/host-state.ts'
import type { Session } from './data/session.ts'
import type { Settings } from './data/settings.ts'
import type { Address } from './model/address.ts'
import type { Looks } from './model/owners.ts'
import type { Selection } from './views/selection.ts'

export interface App {
  readonly daxd: Daxd
  readonly state: HostState
  readonly selection: Selection
  readonly session: Session
  readonly connection: ReadonlySignal<Connection>
  readonly settings: Settings
  readonly looks: Looks
  readonly address: ReadonlySignal<Address>
  /** The daemon's time, by the second, milliseconds. */
  readonly now: ReadonlySignal<number>
  /** The dialog that is open, null for none. */
  readonly dialog: Signal<VNode | null>
  /** Tells something to whoever listens rather than looks, and shows it for a while. */
  readonly say: (text: string) => void
}

/** Where components find the {@link App}. */
export const AppContext = createContext<App | null>(null)

/** The app around a component. */
export function useApp(): App {
  const app = useContext(AppContext)
  if (app === null) throw new Error('a component stands outside of the app')
  return app
}

/** A line that stays for a while. */
export interface Notice {
  readonly said: ReadonlySignal<string>
  say(text: string): void
}

/** So long a notice is shown, milliseconds. */
const NOTICE_MS = 8000

/** Says one thing at a time: the last. */
export function createNotice(): Notice {
  const said = signal('')
  let timer: ReturnType<typeof setTimeout> | undefined
  return {
    said,
    say(text) {
      clearTimeout(timer)
      said.value = text
      timer = setTimeout(() => {
        said.value = ''
      }, NOTICE_MS)
    },
  }
}
