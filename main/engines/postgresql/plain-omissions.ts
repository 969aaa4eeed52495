import type { ScriptStatement } from '../plain-sql/open-statement.ts'

interface Omission {
  readonly pattern: RegExp
  /** Kind of object for the report; null: not an object of its own. */
  readonly kind: string | null
  readonly why: string
  readonly onlyInDrills: boolean
}

function statementAbout(what: string): RegExp {
  const verbs = String.raw`CREATE|ALTER|DROP|COMMENT\s+ON|SECURITY\s+LABEL\s+(?:FOR\s+\S+\s+)?ON`
  return new RegExp(String.raw`^(?:${verbs})\s+${what}\s+(.*)`, 'is')
}

const ownership = 'Owners and privileges are not restored in a restore test.'

/** As with an archive: see `toc-list.ts`. */
const omissions: readonly Omission[] = [
  {
    pattern: statementAbout('SUBSCRIPTION'),
    kind: 'subscription',
    why: 'It would take over the replication slot of the original.',
    onlyInDrills: false,
  },
  {
    pattern: statementAbout('PUBLICATION'),
    kind: 'publication',
    why: 'It concerns replication, not rows.',
    onlyInDrills: true,
  },
  {
    pattern: statementAbout(String.raw`EVENT\s+TRIGGER`),
    kind: 'event trigger',
    why: 'It runs code by itself.',
    onlyInDrills: true,
  },
  {
    pattern: statementAbout(String.raw`USER\s+MAPPING`),
    kind: 'user mapping',
    why: 'It opens the way to another server.',
    onlyInDrills: true,
  },
  {
    pattern: /^REFRESH\s+MATERIALIZED\s+VIEW\s+(.*)/is,
    kind: 'materialized view',
    why: 'Filling it runs code, which may reach other servers.',
    onlyInDrills: true,
  },
  { pattern: /^ALTER\s(?:.*\s)?OWNER\s+TO\s/is, kind: null, why: ownership, onlyInDrills: true },
  { pattern: /^ALTER\s+DEFAULT\s+PRIVILEGES\s/i, kind: null, why: ownership, onlyInDrills: true },
  { pattern: /^(?:GRANT|REVOKE)\s/i, kind: null, why: ownership, onlyInDrills: true },
  {
    pattern: /^SET\s+(?:SESSION\s+AUTHORIZATION|ROLE|default_tablespace)\b/i,
    kind: null,
    why: ownership,
    onlyInDrills: true,
  },
]

const shownObjects = 200

/** Decides statement by statement what a restore leaves out, and keeps what there is to say about it. */
export class PlainOmissions {
  readonly #isDrill: boolean
  readonly leftOut: { readonly object: string; readonly why: string }[] = []

  constructor(isDrill: boolean) {
    this.#isDrill = isDrill
  }

  omits({ text }: ScriptStatement): boolean {
    const words = text.toString('utf8', 0, 4096)
    for (const { pattern, kind, why, onlyInDrills } of omissions) {
      if (onlyInDrills && !this.#isDrill) continue
      const found = pattern.exec(words)
      if (found === null) continue
      const name = /^(?:"(?:[^"]|"")*"|[^\s;])+/.exec(found[1] ?? '')?.[0] ?? ''
      if (kind !== null && this.leftOut.length < shownObjects) this.leftOut.push({ object: `${kind} ${name}`, why })
      return true
    }
    return false
  }
}
