import { useState } from 'preact/hooks'

/** The fields of a form by name; a change of any of them ends what was checked before. */
export function useFields<T extends Readonly<Record<string, string>>>(
  initial: T,
  onChange: () => void,
): [T, (name: keyof T) => (value: string) => void] {
  const [fields, setFields] = useState(initial)
  const set = (name: keyof T) => (value: string) => {
    setFields((before) => ({ ...before, [name]: value }))
    onChange()
  }
  return [fields, set]
}
