export const BEGIN = '<!-- bench:begin, written by `npm run bench -- --write` -->'
export const END = '<!-- bench:end -->'

/** The document with what stands between its markers replaced. @throws Error without them. */
export function writeBetween(document: string, text: string): string {
  const begin = document.indexOf(BEGIN)
  const end = document.indexOf(END)
  if (begin < 0 || end < begin) throw new Error(`the document has no ${BEGIN} before ${END}`)
  return `${document.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${document.slice(end)}`
}
