import type { Database } from 'better-sqlite3'
import { fillBackupList } from './backup-subjects.ts'

/** One step from a schema version to the next. Never edited once released: a change is a new step. */
export interface Migration {
  readonly version: number
  readonly sql: string
  /** What SQL alone can't do, in the same transaction, after `sql`. */
  readonly run?: (database: Database) => void
}

/** An index per order of the list, with all that it is filtered by: no order and no filter reads the table. */
const sortings = ['started_at', 'connection', 'artifact_bytes', 'ratio', 'duration_ms'].map(
  (column) =>
    `CREATE INDEX backup_list_by_${column} ON backup_list (${column}, id, subject, state, kind, started_by, badge, pinned);`,
)

/** What a window shows: a change there is worth looking again. Jobs have revisions of their own. */
const watched = ['connections', 'destinations', 'backups', 'copies', 'validations', 'restores', 'audit']
const watches = watched.flatMap((table) =>
  ['INSERT', 'UPDATE', 'DELETE'].map(
    (change) => `CREATE TRIGGER ${table}_${change.toLowerCase()}_seen AFTER ${change} ON ${table}
BEGIN UPDATE changes SET revision = revision + 1; END;`,
  ),
)

/** All steps, in order. The newest version is the last one's. */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
CREATE TABLE meta (
  key TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT;

CREATE TABLE connections (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL UNIQUE,
  engine TEXT NOT NULL,
  environment TEXT NOT NULL,
  profile TEXT NOT NULL,
  secret TEXT NOT NULL,
  goal_hours REAL NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

CREATE TABLE destinations (
  id TEXT PRIMARY KEY NOT NULL,
  name TEXT NOT NULL UNIQUE,
  type TEXT NOT NULL,
  settings TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;

-- document: the record as it was written; what changes later stands in columns of its own.
CREATE TABLE backups (
  id TEXT PRIMARY KEY NOT NULL,
  state TEXT NOT NULL,
  kind TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  database TEXT NOT NULL,
  name TEXT,
  started_at TEXT NOT NULL,
  duration_ms REAL NOT NULL,
  plaintext_bytes INTEGER,
  artifact_bytes INTEGER,
  pinned INTEGER NOT NULL,
  badge TEXT NOT NULL,
  document TEXT NOT NULL
) STRICT;
CREATE INDEX backups_newest ON backups (started_at DESC, id DESC);
CREATE INDEX backups_of_connection ON backups (connection_id, started_at DESC, id DESC);
CREATE INDEX backups_of_database ON backups (connection_id, database, started_at DESC, id DESC);
CREATE INDEX backups_by_name ON backups (name) WHERE name IS NOT NULL;

CREATE TABLE backup_contents (
  backup_id TEXT PRIMARY KEY NOT NULL REFERENCES backups (id) ON DELETE CASCADE,
  contents TEXT,
  manifest TEXT
) STRICT;

-- destination_id: a removed destination leaves its copies' rows.
CREATE TABLE copies (
  backup_id TEXT NOT NULL REFERENCES backups (id) ON DELETE CASCADE,
  destination_id TEXT NOT NULL,
  destination TEXT NOT NULL,
  object TEXT NOT NULL,
  location TEXT NOT NULL,
  state TEXT NOT NULL,
  checked_at TEXT,
  PRIMARY KEY (backup_id, destination_id)
) STRICT;
CREATE INDEX copies_at_destination ON copies (destination_id, object);

CREATE TABLE validations (
  id TEXT PRIMARY KEY NOT NULL,
  backup_id TEXT NOT NULL REFERENCES backups (id) ON DELETE CASCADE,
  destination_id TEXT,
  level TEXT NOT NULL,
  outcome TEXT NOT NULL,
  finished_at TEXT NOT NULL,
  document TEXT NOT NULL
) STRICT;
CREATE INDEX validations_of_backup ON validations (backup_id, finished_at);

CREATE TABLE plans (
  hash TEXT PRIMARY KEY NOT NULL,
  backup_id TEXT NOT NULL,
  created_at TEXT NOT NULL,
  document TEXT NOT NULL
) STRICT;

CREATE TABLE restores (
  id TEXT PRIMARY KEY NOT NULL,
  job_id TEXT NOT NULL,
  backup_id TEXT NOT NULL,
  plan_hash TEXT NOT NULL,
  connection_id TEXT NOT NULL,
  started_at TEXT NOT NULL,
  finished_at TEXT,
  result TEXT
) STRICT;
CREATE INDEX restores_newest ON restores (started_at DESC, id DESC);

CREATE TABLE jobs (
  id TEXT PRIMARY KEY NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  created_at TEXT NOT NULL,
  revision INTEGER NOT NULL,
  status TEXT NOT NULL,
  is_ended INTEGER NOT NULL,
  input TEXT NOT NULL,
  owner TEXT NOT NULL,
  process TEXT,
  heartbeat_at_ms INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  lock_keys TEXT NOT NULL,
  is_cancel_requested INTEGER NOT NULL
) STRICT;
CREATE INDEX jobs_newest ON jobs (created_at DESC, id DESC);
CREATE INDEX jobs_not_ended ON jobs (is_ended) WHERE is_ended = 0;

CREATE TABLE locks (
  key TEXT PRIMARY KEY NOT NULL,
  job_id TEXT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
  since TEXT NOT NULL
) STRICT;
CREATE INDEX locks_of_job ON locks (job_id);

CREATE TABLE leftovers (
  id TEXT PRIMARY KEY NOT NULL,
  job_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  connection_id TEXT,
  destination_id TEXT,
  data TEXT NOT NULL,
  created_at TEXT NOT NULL
) STRICT;
CREATE INDEX leftovers_of_job ON leftovers (job_id);

CREATE TABLE audit (
  number INTEGER PRIMARY KEY NOT NULL,
  at TEXT NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  outcome TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash TEXT NOT NULL
) STRICT;
CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END;
CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit log is append only'); END;
`,
  },
  {
    version: 2,
    sql: `
ALTER TABLE connections ADD COLUMN hooks TEXT NOT NULL DEFAULT '[]';
ALTER TABLE connections ADD COLUMN checks TEXT NOT NULL DEFAULT '[]';
-- swap: the databases that changed places, or were to.
ALTER TABLE restores ADD COLUMN state TEXT NOT NULL DEFAULT 'failed';
ALTER TABLE restores ADD COLUMN mode TEXT NOT NULL DEFAULT 'new';
ALTER TABLE restores ADD COLUMN database TEXT NOT NULL DEFAULT '';
ALTER TABLE restores ADD COLUMN safety_backup TEXT;
ALTER TABLE restores ADD COLUMN undo_until TEXT;
ALTER TABLE restores ADD COLUMN swap TEXT;
UPDATE restores SET state = CASE WHEN result IS NULL THEN 'interrupted'
                                 WHEN json_extract(result, '$.outcome') = 'passed' THEN 'applied' ELSE 'failed' END,
                    database = coalesce(json_extract(result, '$.target.database'), '');
`,
  },
  {
    version: 3,
    sql: `
-- What many backups have in common, once: whose they are, what they hold, and the text in which a search looks.
CREATE TABLE backup_subjects (
  id INTEGER PRIMARY KEY,
  digest TEXT NOT NULL UNIQUE,
  connection_id TEXT NOT NULL,
  connection TEXT NOT NULL,
  database TEXT NOT NULL,
  engine TEXT NOT NULL,
  holds TEXT NOT NULL,
  search TEXT NOT NULL
) STRICT;
CREATE INDEX backup_subjects_of_connection ON backup_subjects (connection_id);

-- One narrow row per backup, by which lists are filtered and sorted without reading a document.
CREATE TABLE backup_list (
  id TEXT PRIMARY KEY NOT NULL REFERENCES backups (id) ON DELETE CASCADE,
  subject INTEGER NOT NULL REFERENCES backup_subjects (id),
  started_at TEXT NOT NULL,
  state TEXT NOT NULL,
  kind TEXT NOT NULL,
  started_by TEXT NOT NULL,
  badge TEXT NOT NULL,
  pinned INTEGER NOT NULL,
  warnings INTEGER NOT NULL,
  connection TEXT NOT NULL,
  artifact_bytes INTEGER,
  ratio REAL,
  duration_ms REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX backup_list_of_subject ON backup_list (subject, started_at);
${sortings.join('\n')}
-- Name and description, where there are any.
CREATE TABLE backup_texts (
  id TEXT PRIMARY KEY NOT NULL REFERENCES backups (id) ON DELETE CASCADE,
  search TEXT NOT NULL
) STRICT;
CREATE TRIGGER backup_list_follows AFTER UPDATE OF pinned, badge, document ON backups
BEGIN
  UPDATE backup_list SET pinned = NEW.pinned, badge = NEW.badge,
    warnings = json_array_length(NEW.document, '$.warnings') WHERE id = NEW.id;
END;
CREATE TRIGGER backup_subjects_unused AFTER DELETE ON backup_list
WHEN NOT EXISTS (SELECT 1 FROM backup_list WHERE subject = OLD.subject)
BEGIN DELETE FROM backup_subjects WHERE id = OLD.subject; END;
CREATE TRIGGER backup_subjects_left AFTER UPDATE OF subject ON backup_list
WHEN NOT EXISTS (SELECT 1 FROM backup_list WHERE subject = OLD.subject)
BEGIN DELETE FROM backup_subjects WHERE id = OLD.subject; END;

CREATE INDEX copies_in_use ON copies (destination_id, state, backup_id);
CREATE INDEX copies_of_backup ON copies (backup_id, state);
CREATE INDEX copies_bad ON copies (destination_id, backup_id) WHERE state IN ('missing', 'altered');
CREATE INDEX backups_proven ON backups (connection_id, started_at DESC, id DESC) WHERE badge = 'proven';
CREATE INDEX backups_in_sum ON backups (id, state, kind, badge, artifact_bytes);
CREATE INDEX restore_tests ON validations (backup_id) WHERE level = 'restore' AND outcome = 'passed';
CREATE INDEX restores_of_target ON restores (connection_id, database);

CREATE TABLE changes (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  revision INTEGER NOT NULL
) STRICT;
INSERT INTO changes VALUES (1, 0);
${watches.join('\n')}
`,
  },
  {
    version: 4,
    sql: `
ALTER TABLE jobs ADD COLUMN subject TEXT;
-- In small letters: only ever searched.
ALTER TABLE backup_subjects ADD COLUMN created_by TEXT;
ALTER TABLE backup_subjects ADD COLUMN format TEXT NOT NULL DEFAULT '';
DROP INDEX copies_of_backup;
CREATE INDEX copies_of_backup ON copies (backup_id, state, destination_id);
-- Made anew below, with what was added.
DELETE FROM backup_texts;
DELETE FROM backup_list;
DELETE FROM backup_subjects;
`,
    run: fillBackupList,
  },
  {
    version: 5,
    sql: `
ALTER TABLE connections ADD COLUMN min_size_bytes INTEGER;
ALTER TABLE connections ADD COLUMN max_age_hours REAL;
`,
  },
]
