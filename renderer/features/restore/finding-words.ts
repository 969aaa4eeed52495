import { formatExact } from '../../lib/format.ts'

/** Blockers that go away when the sessions of others are ended, where there is the right to. */
const ofSessions: readonly string[] = ['SESSIONS', 'DATABASE_BUSY']

/** Whether a plan that ends other people's sessions would be without this blocker. */
export function isOfSessions({ code, remedy }: { readonly code: string; readonly remedy: string }): boolean {
  return ofSessions.includes(code) && remedy.includes('--disconnect-others')
}

/** Whether somebody is connected, and not only in the way by a lock or a right. */
export function isSomebodyConnected({ code }: { readonly code: string }): boolean {
  return ofSessions.includes(code) || code === 'SESSIONS_OF_OTHERS' || code === 'OPEN_ELSEWHERE'
}

/** A sentence of the application with its moments as people read them. */
export function readable(sentence: string): string {
  return sentence.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, (moment) => formatExact(moment))
}

/** The remedy as sentence and statement: what can be pasted into a client or a terminal stands by itself. */
export function remedyParts(remedy: string): { readonly sentence: string | null; readonly statement: string | null } {
  const found = /\b(SELECT|ALTER|DROP|GRANT|ROLLBACK|COMMIT|CREATE|UPDATE|REVOKE)\b.*;/s.exec(remedy)
  if (found === null) return { sentence: remedy, statement: null }
  const [statement] = found
  const before = remedy.slice(0, found.index).trim()
  const after = remedy.slice(found.index + statement.length).trim()
  const sentence = [before, after].filter((part) => part !== '').join(' … ')
  return { sentence: sentence === '' ? null : sentence, statement }
}
