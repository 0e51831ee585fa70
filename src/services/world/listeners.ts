/** Those who are told of something, in the order of their coming. */
export interface Listeners<T> {
  add(listener: (told: T) => void): void
  /** Never throws: what one of them throws goes to `onDefect`, and the others are still told. */
  tell(told: T): void
}

/** Nobody yet; `onDefect` hears of a listener's defect, which is no failure of what it is told. */
export function createListeners<T>(onDefect?: (error: unknown) => void): Listeners<T> {
  const listeners: ((told: T) => void)[] = []
  return {
    add: (listener) => void listeners.push(listener),
    tell(told) {
      for (const listener of listeners) {
        try {
          listener(told)
        } catch (error) {
          onDefect?.(error)
        }
      }
    },
  }
}
