import type { Warning } from '../../../preload/contract/index.ts'
import type { Session } from './session.ts'

/** Code that runs by itself when definitions change. */
export async function eventTriggerWarnings(session: Session): Promise<readonly Warning[]> {
  const found = await session.query<{ name: string; event: string; function: string }>(
    `SELECT evtname::text AS name, evtevent::text AS event, evtfoid::regprocedure::text AS function
       FROM pg_event_trigger WHERE evtenabled <> 'D' ORDER BY 1`,
  )
  return found.map(({ name, event, function: code }) => ({
    code: 'EVENT_TRIGGER',
    message: `The event trigger "${name}" (${event}) runs ${code} while the restore drops and creates objects.`,
  }))
}

/** A table that is replaced leaves the publications that name it. */
export async function publicationWarnings(session: Session, oids: readonly string[]): Promise<readonly Warning[]> {
  const found = await session.query<{ name: string; tables: string }>(
    `SELECT p.pubname::text AS name, string_agg(r.prrelid::regclass::text, ', ' ORDER BY 1) AS tables
       FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid
      WHERE r.prrelid::text = ANY ($1::text[]) GROUP BY 1 ORDER BY 1`,
    [oids],
  )
  return found.map(({ name, tables }) => ({
    code: 'PUBLICATION',
    message: `The publication "${name}" loses ${tables}, unless the backup adds them again; subscribers must be refreshed.`,
  }))
}

/** What is made anew goes where the backup says, and that need not be where it lies now. */
export async function tablespaceWarnings(session: Session, oids: readonly string[]): Promise<readonly Warning[]> {
  const found = await session.query<{ name: string; relations: string }>(
    `SELECT t.spcname::text AS name, string_agg(c.oid::regclass::text, ', ' ORDER BY c.oid) AS relations
       FROM pg_class c JOIN pg_tablespace t ON t.oid = c.reltablespace WHERE c.oid::text = ANY ($1::text[]) GROUP BY 1 ORDER BY 1`,
    [oids],
  )
  return found.map(({ name, relations }) => ({
    code: 'TABLESPACES',
    message: `In the tablespace "${name}" lie ${relations}: they are made anew in the tablespace that the backup names, or in the default one.`,
  }))
}
