/** Free text that people and programs put on objects. */
export type Labels = Readonly<Record<string, string>>
