import fc from 'fast-check'
import { raw } from './wire-text.ts'

const DEEP = 20_000

/** Values that no property wants, or that ask for care. Marks are replaced in the wire's text. */
const hostileValues: fc.Arbitrary<unknown> = fc.constantFrom<unknown>(
  null,
  true,
  '',
  'a\u0000b',
  '\u0000',
  '\ud800',
  '\udfff\ud800',
  'x'.repeat(5000),
  '010',
  '1.5G',
  '4GB',
  '-1',
  ' 1',
  '9'.repeat(400),
  `0x${'f'.repeat(400)}`,
  'constructor',
  '../../etc/passwd',
  '%00',
  [],
  {},
  [[]],
  [null],
  { length: 1 },
  raw('1e400'),
  raw('-1e400'),
  raw('1e308'),
  raw('-0'),
  raw('-1'),
  raw('1.5'),
  raw('9007199254740991'),
  raw('9007199254740992'),
  raw('9007199254740993'),
  raw('18446744073709551616'),
  raw('0.1e-400'),
  raw('1e15'),
  raw(`${'['.repeat(DEEP)}${']'.repeat(DEEP)}`),
)

/** Keys that no schema has. */
const strangeKeys: fc.Arbitrary<string> = fc.constantFrom(
  'unknown',
  '',
  'Size',
  'size ',
  'toString',
  'hasOwnProperty',
  '$ref',
  '~/0',
  '\u0000',
  'k'.repeat(1000),
)

/** One way to spoil a value; `pick` says where, of all places that there are. */
export type Spoil =
  | { readonly how: 'replace'; readonly pick: number; readonly value: unknown }
  | { readonly how: 'remove'; readonly pick: number }
  | { readonly how: 'add'; readonly pick: number; readonly key: string; readonly value: unknown }
  | { readonly how: 'repeat'; readonly pick: number; readonly times: number }

const pick = fc.nat({ max: 1000 })

export const spoils: fc.Arbitrary<Spoil> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ how: fc.constant('replace' as const), pick, value: hostileValues }),
  },
  { weight: 2, arbitrary: fc.record({ how: fc.constant('remove' as const), pick }) },
  {
    weight: 2,
    arbitrary: fc.record({
      how: fc.constant('add' as const),
      pick,
      key: strangeKeys,
      value: hostileValues,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      how: fc.constant('repeat' as const),
      pick,
      times: fc.constantFrom(17, 1025),
    }),
  },
)

type Place = readonly PropertyKey[]

/** A copy of `value`, spoilt in one place. */
export function spoilt(value: unknown, spoil: Spoil): unknown {
  const places = placesIn(value)
  const place = places[spoil.pick % places.length] ?? []
  switch (spoil.how) {
    case 'replace':
      return at(value, place, () => spoil.value)
    case 'remove':
      return at(value, place, () => undefined)
    case 'add':
      return at(value, place, (old) =>
        typeof old === 'object' && old !== null && !Array.isArray(old)
          ? { ...old, [spoil.key]: spoil.value }
          : spoil.value,
      )
    default:
      return at(value, place, (old) => Array.from({ length: spoil.times }, () => old))
  }
}

function placesIn(value: unknown, place: Place = []): Place[] {
  if (typeof value !== 'object' || value === null) return [place]
  const inner = Object.entries(value).flatMap(([key, child]) => placesIn(child, [...place, key]))
  return [place, ...inner]
}

function at(value: unknown, [step, ...rest]: Place, change: (old: unknown) => unknown): unknown {
  if (step === undefined) return change(value) ?? null
  const copy = (Array.isArray(value) ? [...value] : { ...(value as object) }) as Record<
    PropertyKey,
    unknown
  >
  const child = rest.length === 0 ? change(copy[step]) : at(copy[step], rest, change)
  if (child === undefined) delete copy[step]
  else copy[step] = child
  return copy
}
