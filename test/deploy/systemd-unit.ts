import { readFileSync } from 'node:fs'

/** A unit file's assignments in order; a continued line is one. */
export function readUnit(file: string): readonly (readonly [key: string, value: string])[] {
  const text = readFileSync(file, 'utf8').replaceAll(/\\\n\s*/g, '')
  return text.split('\n').flatMap((line) => {
    const match = /^([A-Za-z]+)=(.*)$/.exec(line)
    return match === null ? [] : [[match[1] ?? '', match[2] ?? ''] as const]
  })
}

/** The values that a key has in the unit. */
export function valuesIn(unit: ReturnType<typeof readUnit>, key: string): readonly string[] {
  return unit.flatMap(([name, value]) => (name === key ? [value] : []))
}

/**
 * A command line as systemd would run it: words apart, quotes gone, `%i` and `%n` and `${VARIABLE}`
 * put in, the prefix `+` taken off. See systemd.service(5), "Command lines".
 */
export function commandOf(
  line: string,
  unit: { readonly name: string; readonly instance: string },
  variables: Readonly<Record<string, string>>,
): readonly string[] {
  const words = line.replace(/^[+@!:-]+/, '').match(/'[^']*'|"[^"]*"|\S+/g) ?? []
  return words.map((word) =>
    word
      .replace(/^(['"])(.*)\1$/, '$2')
      .replaceAll('%i', unit.instance)
      .replaceAll('%n', unit.name)
      .replaceAll(/\$\{(\w+)\}/g, (_all, name: string) => variables[name] ?? ''),
  )
}
