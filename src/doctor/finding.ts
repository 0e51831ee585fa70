import type { Finding } from './host-report.ts'

/** What a finding is about. */
export type Subject = Pick<Finding, 'id' | 'group' | 'title'>
type Trouble = Pick<Finding, 'status' | 'detail'> & { readonly cost: string; readonly mend: string }

/** A finding in which all is well. */
export function passed(subject: Subject, detail: string): Finding {
  return { ...subject, status: 'pass', counts: true, detail, cost: null, mend: null }
}

/** A finding with its price and its remedy. */
export function troubled(subject: Subject, trouble: Trouble): Finding {
  return { ...subject, counts: true, ...trouble }
}
