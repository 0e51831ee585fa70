/** Owners have to be told apart in light and dark, and by eyes that miss a colour. */
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { COLOURS_COUNT, createLooks, LOOKS_COUNT, ownerOf } from '../../console/model/owners.ts'

const CSS = readFileSync(resolve(import.meta.dirname, '../../console/console.css'), 'utf8')
/** WCAG 2.2, 1.4.11: what is drawn, against what is beside it. */
const CONTRAST_MIN = 3
/** WCAG 2.2, 1.4.3: text. */
const TEXT_CONTRAST_MIN = 4.5

type Colours = Readonly<Record<string, string>>

/** The colours of each theme, as the style sheet says them. */
const THEMES = [...CSS.matchAll(/(:root[^{]*)\{([^}]*)\}/g)]
  .map(([, selector = '', body = '']): [string, Colours] => {
    const colours = [...body.matchAll(/--([a-z0-9-]+): (#[0-9a-f]{6});/g)]
    return [selector.trim(), Object.fromEntries(colours.map(([, name, value]) => [name, value]))]
  })
  .filter(([, colours]) => 'ground' in colours)

function luminance(hex = ''): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(left: string | undefined, right: string | undefined): number {
  const both = [luminance(left), luminance(right)]
  return (Math.max(...both) + 0.05) / (Math.min(...both) + 0.05)
}

test('there is a light theme and a dark one, the same by the switch and by the system', () => {
  expect(THEMES.map(([selector]) => selector)).toEqual([
    ':root',
    ":root[data-theme='dark']",
    ":root:not([data-theme='light'])",
  ])
  const [light, dark, system] = THEMES.map(([, colours]) => colours)
  expect(system).toEqual(dark)
  expect(Object.keys(dark ?? {})).toEqual(Object.keys(light ?? {}))
})

test.each(THEMES)('in %s owners stand out from free memory and from the ground', (_, of) => {
  const names = ['owner-nobody', 'free-edge', 'strong-line']
  for (let at = 0; at < COLOURS_COUNT; at += 1) names.push(`owner-${at}`)
  const weak = names.filter((name) =>
    ['free', 'panel', 'ground'].some((beside) => contrast(of[name], of[beside]) < CONTRAST_MIN),
  )
  expect(weak).toEqual([])
})

test.each(THEMES)('in %s every text can be read on every ground it stands on', (_, of) => {
  const pairs = [
    ...['ink', 'soft', 'accent', 'good', 'busy', 'bad'].flatMap((name) =>
      ['ground', 'panel', 'accent-ground'].map((ground): [string, string] => [name, ground]),
    ),
    ['on-accent', 'accent'],
    ['ground', 'ink'],
    ['ink', 'bad-ground'],
    ['bad', 'bad-ground'],
  ]
  const weak = pairs.filter(
    ([text = '', ground = '']) => contrast(of[text], of[ground]) < TEXT_CONTRAST_MIN,
  )
  expect(weak).toEqual([])
})

test('the first owners differ in colour and in pattern, so that no colour has to be seen', () => {
  const looks = createLooks()
  const first = Array.from({ length: COLOURS_COUNT }, (_, at) => looks.of(`owner ${at}`))
  expect(new Set(first.map(({ colour }) => colour)).size).toBe(COLOURS_COUNT)
  expect(new Set(first.map(({ pattern }) => pattern)).size).toBe(COLOURS_COUNT)
})

test('no two owners share a look before all looks are used, and each keeps its own', () => {
  const looks = createLooks()
  const names = Array.from({ length: LOOKS_COUNT }, (_, at) => `owner ${at}`)
  const given = names.map((name) => JSON.stringify(looks.of(name)))
  expect(new Set(given).size).toBe(LOOKS_COUNT)
  expect(names.map((name) => JSON.stringify(looks.of(name)))).toEqual(given)
  expect(looks.of('one more')).toEqual({ colour: null, pattern: 'dots' })
})

test('an owner is the tenant, else the holder, else the host; a foreign device has none', () => {
  expect([
    ownerOf({ tenant: 'red', namespace: 'n' }, 'pod-1'),
    ownerOf({ tenant: null, namespace: 'n' }, 'pod-1'),
    ownerOf({ tenant: null, namespace: 'n' }, null),
    ownerOf({ tenant: null, namespace: null }, null),
  ]).toEqual(['red', 'pod-1', 'the host', 'no owner'])
})
