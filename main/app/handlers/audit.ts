import type { Handlers } from '../../../preload/contract/index.ts'
import type { Core } from '../core.ts'

type AuditHandlers = Pick<Handlers, 'audit.list' | 'audit.verify' | 'audit.note'>

/** The audit log: read, verified, and added to. */
export function auditHandlers({ audit }: Core): AuditHandlers {
  return {
    'audit.list': ({ limit }) => Promise.resolve([...audit.list(limit)]),
    'audit.verify': () => Promise.resolve(audit.verify()),
    'audit.note': ({ subject, note }) => {
      audit.write({ action: 'note', subject, outcome: 'done', detail: { note } })
      return Promise.resolve({})
    },
  }
}
