/** Who looks at the page: a token, kept as long as its tab, and what daxd says of its bearer. */
import { computed, type ReadonlySignal, signal } from '@preact/signals'
import type { WhoamiView } from '../../client/src/index.ts'
import { type Action, grantOf } from '../../src/core/policy.ts'

const TOKEN_KEY = 'daxd-token'

export interface Session {
  /** Asked for before every call. */
  token(): string | null
  /** True while daxd wants a token that the page does not have. */
  readonly isTokenWanted: ReadonlySignal<boolean>
  /** True when the last token was refused, false when none was shown. */
  readonly isTokenWrong: ReadonlySignal<boolean>
  readonly who: ReadonlySignal<WhoamiView | null>
  /** What is not allowed is not offered; read it while drawing to be drawn again. */
  may(action: Action): boolean
  /** Takes a token that somebody has typed. */
  enter(token: string): void
  /** Forgets the token and asks for another. */
  leave(): void
  /** Called when daxd has answered 401. */
  refused(): void
  recognised(who: WhoamiView): void
}

/** The session of this tab. */
export function createSession(store: Storage): Session {
  const token = signal(store.getItem(TOKEN_KEY))
  const isTokenWanted = signal(false)
  const isTokenWrong = signal(false)
  const who = signal<WhoamiView | null>(null)
  const rights = computed(() => {
    const principal = who.value
    return (action: Action) => principal !== null && grantOf(principal, action) !== 'none'
  })

  function ask(isWrong: boolean): void {
    store.removeItem(TOKEN_KEY)
    token.value = null
    who.value = null
    isTokenWrong.value = isWrong
    isTokenWanted.value = true
  }

  return {
    token: () => token.peek(),
    isTokenWanted,
    isTokenWrong,
    who,
    may: (action) => rights.value(action),
    enter(text) {
      store.setItem(TOKEN_KEY, text)
      token.value = text
      isTokenWanted.value = false
    },
    leave: () => ask(false),
    refused: () => ask(token.peek() !== null),
    recognised(found) {
      who.value = found
      isTokenWanted.value = false
    },
  }
}
